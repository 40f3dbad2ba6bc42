"""From facts to a signed, registered PDF: what each step takes, and how many a small machine makes."""

import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from uuid import uuid4

from bench import Figure

TEMPLATE = Path(__file__).parents[1] / "cities" / "tangerang" / "services" / "domisili" / "document.typ"
CODE = "K7QXM9D48RTV2H5NPA3CW6YE"
NIK = "3671015403910003"
FACTS = {
    "person.name": "Siti Aminah",
    "person.nik": NIK,
    "person.birth_place": "Tangerang",
    "person.birth_date": "14 Maret 1991",
    "person.sex": "Perempuan",
    "person.religion": "Islam",
    "person.marital_status": "Kawin",
    "person.occupation": "Karyawan Swasta",
    "person.citizenship": "WNI",
    "person.address": "Jl. Melati Raya No. 12",
    "person.rt": "003",
    "person.rw": "007",
    "person.kelurahan": "Sukasari",
    "person.kecamatan": "Tangerang",
    "person.postcode": "15118",
    "person.residence_since": "2 Januari 2015",
}
LIMIT = 20
"""Signed, registered PDFs a second on two cores."""


def run(*, full: bool) -> Iterator[Figure]:
    pages = 200 if full else 40
    seconds = 20.0 if full else 4.0
    letter = _letter()
    pdf = _render(letter)
    yield Figure("one letter, plain", f"{len(pdf):,} bytes")
    rendering = _median_ms(lambda: _render({**letter, "number": str(uuid4())}), pages)
    yield Figure("render to PDF/A-2a and PDF/UA-1", f"{rendering:.1f} ms", *_weasyprint(pages, rendering))
    sealing = _seal_timer(pdf, pages)
    yield Figure("seal, PAdES B-T with a simulated clock", f"{sealing:.1f} ms")
    yield from _whole(seconds)
    yield from _checks(pages)


def _whole(seconds: float) -> Iterator[Figure]:
    for what, units in (
        ("two units, two processes", ("Bench A", "Bench B")),
        ("one unit, two processes", ("Bench C",) * 2),
    ):
        with ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=_start) as pool:
            list(pool.map(_issue_for, units, [0.5, 0.5]))  # both are warm before the clock runs
            done = list(pool.map(_issue_for, units, [seconds, seconds]))
        made = sum(count for count, _ in done)
        each = sum(cpu for _, cpu in done) / made * 1000
        rate = made / seconds
        yield Figure(
            f"issued whole, durable commit, {what}",
            f"{rate:.1f}/s",
            f"limit {LIMIT}/s",
            rate >= LIMIT,
            f"{made} letters, {each:.0f} ms of processor time each",
        )


def _checks(rounds: int) -> Iterator[Figure]:
    from satu.documents.actions import issue_document
    from satu.documents.queries import pdf_for
    from satu.documents.verification import verify_pdf
    from satu.identity.types import SYSTEM

    content = pdf_for(issue_document(**_request("Bench D")).id, by=SYSTEM).content
    if verify_pdf(content).verdict != "genuine":
        raise RuntimeError("a letter that was just issued is not found genuine")
    yield Figure("check a file that is ours", f"{_median_ms(lambda: verify_pdf(content), rounds):.1f} ms")
    changed = content + b"\n"
    yield Figure(
        "check a file that is not (in a process of its own)",
        f"{_median_ms(lambda: verify_pdf(changed), max(5, rounds // 10)):.0f} ms",
    )


def _start() -> None:
    import django

    django.setup()


def _issue_for(unit: str, seconds: float) -> tuple[int, float]:
    """Issue letters, each in its own durable transaction, for some seconds. Returns how many, and seconds of CPU."""
    from satu.documents.actions import issue_document

    made, end, cpu = 0, time.perf_counter() + seconds, time.process_time()
    while time.perf_counter() < end:
        issue_document(**_request(unit))
        made += 1
    return made, time.process_time() - cpu


def _request(unit: str):
    from satu.identity.types import SYSTEM
    from satu.kernel.city import Label
    from satu.kernel.identifiers import Nik

    return {
        "service": "domisili",
        "template": TEMPLATE,
        "data": {"lang": "id", "facts": FACTS, "answers": {"purpose": f"keperluan {uuid4()}"}},
        "title": Label("Surat Keterangan Domisili", "Certificate of Domicile"),
        "holder": Nik(NIK),
        "holder_name": "Siti Aminah",
        "issuer": "dukcapil",
        "classification": "400.12.2.1",
        "case_reference": "",
        "valid_until": None,
        "idempotency_key": f"bench:{uuid4()}",
        "by": SYSTEM,
        "unit": unit,
    }


def _letter() -> dict[str, object]:
    from satu.documents.letter import Letterhead, qr_code
    from satu.kernel.city import Label, the_city

    return dict(
        Letterhead(
            language="id",
            title=Label("Surat Keterangan Domisili", "Certificate of Domicile"),
            number="400.12.2.1/1/Disdukcapil/2026",
            code=CODE,
            qr=qr_code(CODE),
            city=the_city(),
            issuer=the_city().agencies["dukcapil"],
            issued_on=date(2026, 11, 24),
            valid_until=date(2027, 5, 24),
            certified=False,
        ).values()
    )


def _render(letter: dict[str, object]) -> bytes:
    from satu.documents.rendering import render

    data = {"facts": FACTS, "answers": {"purpose": "membuka rekening bank"}}
    return render(TEMPLATE, data=data, document=letter, at=datetime(2026, 11, 24, tzinfo=UTC))


def _seal_timer(pdf: bytes, rounds: int) -> float:
    from satu.documents.signing.seals import signer_for

    signer = signer_for("dukcapil")
    return _median_ms(lambda: signer.sign(pdf, reason="Surat"), rounds)


def _weasyprint(rounds: int, ours: float) -> tuple[str, bool | None]:
    """The peer on the same words, fonts and QR code, when it is installed here."""
    try:
        from weasyprint import HTML
        from weasyprint.text.fonts import FontConfiguration
    except (ImportError, OSError):
        return "", None
    from satu.documents.letter import qr_code

    fonts = FontConfiguration()
    rows = "".join(f"<tr><th scope=row>{key}</th><td>{value}</td></tr>" for key, value in FACTS.items())
    page = (
        "<html lang=id><title>Surat Keterangan Domisili</title><style>@page{size:A4;margin:24mm}</style>"
        f"<h1>Surat Keterangan Domisili</h1><table>{rows}</table><p>membuka rekening bank</p>{qr_code(CODE)}"
    )
    theirs = _median_ms(lambda: HTML(string=page).write_pdf(pdf_variant="pdf/a-2u", font_config=fonts), rounds)
    return f"WeasyPrint, a plainer page: {theirs:.1f} ms", ours <= theirs


def _median_ms(call: Callable[[], object], rounds: int) -> float:
    call()
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)
