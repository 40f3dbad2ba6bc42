"""Going through a service as a resident of the demonstration city, from the command line."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

if TYPE_CHECKING:
    from satu.kernel.identifiers import Nik
    from satu.services.types import CaseView, QuestionView

_console = Console()


def add_to(app: typer.Typer) -> None:
    app.command(name="try")(try_out)


def try_out(
    service: Annotated[str, typer.Argument(help="The service's short name.")],
    *,
    resident: Annotated[
        str,
        typer.Option(prompt="Name or NIK of a resident of the demonstration city", help="Asked if left out."),
    ],
    answer: Annotated[list[str] | None, typer.Option(help="An answer, as key=value. Repeat for more.")] = None,
) -> None:
    """Go through a service as a resident of the demonstration city: facts, questions, decisions, timeline.

    Without answers it ends at the questions and takes its draft back. With answers it is a real request of the
    demonstration, which goes to its document or to the first officer. What it leaves behind it says at the end.
    """
    from django.conf import settings

    from satu.kernel.errors import SatuError

    if not settings.DEVELOPMENT:
        _console.print("[red]✗[/red] Only in the demonstration: this begins a real request in somebody's name.")
        raise typer.Exit(1)
    try:
        _go_through(service, _find(resident), dict(one.partition("=")[::2] for one in answer or []))
    except SatuError as error:
        for key, sentence in getattr(error, "errors", {"": error}).items():
            _console.print(f"[red]✗[/red] {escape(f'{key} {sentence}'.strip())}", soft_wrap=True)
        raise typer.Exit(1) from error


def _go_through(service: str, nik: "Nik", answers: dict[str, str]) -> None:
    from satu.identity.types import Actor
    from satu.kernel.errors import SatuError
    from satu.services import actions, queries

    by = Actor(reference="system:try", kind="resident", name="Uji coba layanan oleh petugas", nik=nik)
    case = queries.case_for(actions.start_case(service=service, by=by), by=by)
    _print_facts(case)
    for question in case.questions:
        given = f" [green]{answers[question.key]}[/green]" if question.key in answers else ""
        _console.print(f"asks: [bold]{question.label}[/bold]  {_how(question)}{given}", soft_wrap=True)
    if case.fee and case.fee.amount:
        _console.print(f"costs: Rp{case.fee.amount:,} ({case.fee.basis})")
    if case.questions and not answers:
        actions.withdraw_case(case_id=case.id, by=by)
        _console.print("It leaves entries in the resident's access ledger; its draft is taken back.")
        return
    try:
        actions.send_case(case_id=case.id, answers=answers, by=by)
    except SatuError:
        actions.withdraw_case(case_id=case.id, by=by)
        raise
    actions.advance_case(case_id=case.id)
    ended = queries.case_for(case.id, by=by)
    _print_end(ended)
    beside = ", its letter" if ended.document else ""
    _console.print(f"It leaves the request {ended.number}{beside} and entries in the resident's access ledger.")


def _how(question: "QuestionView") -> str:
    """How its answer is written behind ``--answer``, with what there is to choose."""
    wanted = {
        "date": "2026-01-31",
        "number": "1",
        "address": '{"line": "Jl. Mawar 1", "rt": "001", "rw": "002", "kelurahan": "Sukasari"}',
    }.get(question.type, "…")
    if question.choices:
        wanted = "|".join(choice.value for choice in question.choices)
        if question.type != "choice":  # what is chosen from a list is named by its mark
            wanted += "; " + ", ".join(f"{choice.value} is {choice.label}" for choice in question.choices)
    quote = "'" if question.type == "address" else ""
    return f"(--answer {quote}{question.key}={wanted}{quote})"


def _find(resident: str) -> "Nik":
    """By NIK, or the one whom a name means best; those whom the search showed have that in their ledgers."""
    from satu.hub.actions import find_people
    from satu.hub.queries import reasons_for
    from satu.identity.types import Actor
    from satu.kernel.city import the_city
    from satu.kernel.errors import Missing
    from satu.kernel.identifiers import Nik

    if resident.replace(" ", "").isdecimal():
        return Nik.parse(resident)
    city = the_city()
    by = Actor(
        reference="system:try",
        kind="officer",
        name="satu service try",
        agency=next(iter(city.agencies)),
        duties=frozenset(city.duties),
    )
    hits = find_people(text=resident, reason=reasons_for(by)[0].code, by=by, limit=10).hits
    if not hits:
        raise Missing(f"nobody in the demonstration city is called {resident!r}")
    alike = sorted((one for one in hits if one.name == hits[0].name), key=lambda one: one.birth_date)
    taken = alike[0]
    others = f"; the eldest of {len(alike)} with this name, write a NIK for another" if alike[1:] else ""
    _console.print(
        f"as {taken.name}, born {taken.birth_date}, {taken.kelurahan_name}{others}", highlight=False, soft_wrap=True
    )
    return taken.nik


def _print_facts(case: "CaseView") -> None:
    from django.utils.timezone import localtime

    grid = Grid("fact", "value", "from", "as of")
    for fact in case.facts:
        as_of = f"{localtime(fact.as_of):%Y-%m-%d %H:%M}" if fact.as_of else ""
        grid.add_row(str(fact.label), fact.shown or f"[yellow]{fact.outcome}[/yellow]", str(fact.system_name), as_of)
    _console.print(grid)


def _print_end(case: "CaseView") -> None:
    from django.utils.timezone import localtime

    for step in case.timeline:
        at = f"{localtime(step.at):%H:%M:%S}" if step.at else "…"
        _console.print(f"{at} {step.text}" + (f" ({step.who})" if step.who else ""))
    if case.decision:
        decided = case.decision
        _console.print(f"[bold]{decided.result}[/bold] by row {decided.row} of {decided.table}: {decided.reason}")
        for label, shown in decided.values:
            _console.print(f"  {label}: {shown}")
    if case.document:
        _console.print(f"[green]✓[/green] {case.document.title} {case.document.code}")
    saved = case.savings
    counts = f"{saved.fields_avoided} fields, {saved.photocopies_avoided} photocopies, {saved.visits_avoided} visits"
    _console.print(f"saved: {counts}")
