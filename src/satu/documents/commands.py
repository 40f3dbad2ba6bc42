"""``satu verify`` and ``satu documents …``."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from satu.documents.types import SignatureReport, VerificationReport

app = typer.Typer(help="Issued documents and their files.", no_args_is_help=True)

_EXIT = {"genuine": 0, "not-in-force": 1}
_SUSPECT = 2
_LEAST_AGE_HOURS = 1


def verify(
    file: Annotated[Path, typer.Argument(help="The PDF to check.", exists=True, dir_okay=False, readable=True)],
) -> None:
    """Check a PDF: did we issue it, is it unchanged, does it hold?

    Exit code 0: genuine and in force. 1: genuine, but expired or revoked. 2: anything else.
    """
    from satu.documents.verification import LARGEST, verify_pdf

    with file.open("rb") as source:
        report = verify_pdf(source.read(LARGEST + 1))
    for line in _lines(report):
        typer.echo(line)
    raise typer.Exit(_EXIT.get(report.verdict, _SUSPECT))


@app.command()
def preview(
    template: Annotated[Path, typer.Argument(help="A document.typ.", exists=True, dir_okay=False)],
    values: Annotated[Path, typer.Argument(help="A JSON file: what the service gives.", exists=True, dir_okay=False)],
    pdf: Annotated[Path, typer.Argument(help="Where to write the PDF.")],
    agency: Annotated[str, typer.Option(help="The agency whose letter it is.")] = "dukcapil",
) -> None:
    """Render a letter to look at: without a number, a seal or a place in the register."""
    import json

    from satu.documents.letter import sample
    from satu.documents.rendering import RenderingFailed, Unprintable

    try:
        data = json.loads(values.read_text(encoding="utf-8"))
        pdf.write_bytes(sample(template, data, agency))
    except KeyError as error:
        typer.echo(f"The city has no agency {error}.", err=True)
        raise typer.Exit(1) from error
    except (ValueError, RenderingFailed, Unprintable) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    typer.echo(f"Written to {pdf}.")


@app.command()
def sweep() -> None:
    """Remove files that no document names: what a crash between writing a file and committing its row leaves."""
    from django.utils import timezone

    from satu.documents.actions import sweep_files

    removed = sweep_files(stored_before=timezone.now() - timedelta(hours=_LEAST_AGE_HOURS))
    typer.echo(f"{removed} file(s) without a document removed.")


def _lines(report: "VerificationReport") -> list[str]:
    from django.utils import formats, timezone
    from django.utils.translation import gettext as _

    lines = [report.sentence]
    if document := report.document:
        lines += [
            "",
            f"{document.title}, {document.number}",
            _("For: %(holder)s") % {"holder": document.holder},
            _("Issued by: %(issuer)s") % {"issuer": document.issuer},
            _("Issued on: %(date)s")
            % {"date": formats.date_format(timezone.localtime(document.issued_at), "DATE_FORMAT")},
        ]
        if document.valid_until:
            lines.append(_("Valid until: %(date)s") % {"date": formats.date_format(document.valid_until)})
        if document.revocation_reason:
            lines.append(_("Revoked: %(reason)s") % {"reason": document.revocation_reason})
    for signature in report.signatures:
        lines += ["", *_signature_lines(signature)]
    return lines


def _signature_lines(signature: "SignatureReport") -> list[str]:
    from django.utils import formats, timezone
    from django.utils.translation import gettext as _

    lines = [
        _("Signature: %(signer)s, %(organisation)s")
        % {"signer": signature.signer, "organisation": signature.organisation}
    ]
    if signature.signed_at:
        moment = formats.date_format(timezone.localtime(signature.signed_at), "DATETIME_FORMAT")
        lines.append(_("Signed at: %(moment)s") % {"moment": moment})
    lines.append(_("What it signed is unchanged.") if signature.intact else _("What it signed was changed."))
    if not signature.whole_file:
        lines.append(_("Something was added to the file after this signature."))
    if signature.intact or signature.certification != "unknown":
        lines.append(
            {
                "certified": _("The certificate is from an accredited authority."),
                "development": _("BUKAN TTE TERSERTIFIKASI: a development certificate, not a certified signature."),
                "unknown": _("The certificate is from an authority that we do not know."),
            }[signature.certification]
        )
    return lines
