"""``satu finance``: bills of the demonstration, reconciliation, refunds."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID, uuid4

import typer

app = typer.Typer(help="Bills, payments and their reconciliation.", no_args_is_help=True)


@app.command()
def bill(
    login: Annotated[str, typer.Option(help="A resident's account of the demonstration.")],
    amount: Annotated[int, typer.Option(help="Whole rupiah.", min=1)],
    what: Annotated[str, typer.Option(help="What for.")] = "Retribusi contoh",
    minutes: Annotated[int, typer.Option(help="Payable for so long.", min=1)] = 60,
) -> None:
    """Bill somebody of the demonstration, and print where she pays."""
    from django.conf import settings
    from django.utils import timezone

    from satu.finance import actions
    from satu.finance.types import RevenueAccount
    from satu.identity.queries import demonstration_accounts
    from satu.identity.types import SYSTEM
    from satu.kernel.city import Label
    from satu.kernel.identifiers import Nik
    from satu.kernel.money import Rupiah

    if not any(account.kind == "resident" and account.login == login for account in demonstration_accounts()):
        typer.echo("There is no such resident in this demonstration. `satu run` prints their logins.", err=True)
        raise typer.Exit(1)
    made = actions.bill(
        payer=Nik.parse(login),
        case_reference="",
        amount=Rupiah(amount),
        description=Label(id=what, en=what),
        account=RevenueAccount(code="4.1.02.03.01.0001", edition="contoh, belum diperiksa"),
        due=timezone.now() + timedelta(minutes=minutes),
        idempotency_key=f"demonstration:{uuid4()}",
        by=SYSTEM,
    )
    typer.echo(f"{made.number}  {made.amount}  {settings.SATU_PUBLIC_URL}/bayar/{made.id}/")


@app.command()
def reconcile(
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], metavar="DATE")],
    repair: Annotated[
        bool, typer.Option("--repair", help="First look into payments of which no callback came.")
    ] = False,
) -> None:
    """Compare a day's payments with the provider's list. Exit code 1 when something has to be done."""
    from satu.finance import actions
    from satu.finance.ports.port import ProviderUnavailable
    from satu.finance.queries import reconciliation

    try:
        if repair:
            typer.echo(f"{actions.repair(day.date())} payment(s) without a callback looked into.")
        found = reconciliation(day.date())
    except ProviderUnavailable as error:
        typer.echo(str(error.sentence), err=True)
        raise typer.Exit(2) from error
    for line in found.lines:
        ours, theirs = ("-" if amount is None else str(amount) for amount in (line.ours, line.theirs))
        typer.echo(
            f"{line.verdict:<13} {line.kind:<7} {line.bill_number:<19} {ours:>20} {theirs:>20} {line.transaction}"
        )
    for waiting in found.to_refund:
        payment = waiting.payment
        state = "refund asked" if payment.refund == "asked" else f"satu finance refund {payment.id}"
        typer.echo(f"to refund: {waiting.bill_number} {payment.amount} ({payment.standing}): {state}")
    if not found.is_clean:
        raise typer.Exit(1)
    typer.echo(f"{found.day}: {found.count('matched')} matched, nothing to do.")


@app.command()
def refund(
    payment: Annotated[UUID, typer.Argument(help="As `satu finance reconcile` prints it.")],
    reason: Annotated[str, typer.Option(help="Why.")],
) -> None:
    """Give a payment back, whole. A worker does it as soon as the provider answers."""
    from satu.finance import actions
    from satu.identity.types import SYSTEM
    from satu.kernel.errors import SatuError

    try:
        actions.refund(payment_id=payment, reason=reason, by=SYSTEM)
    except SatuError as error:
        typer.echo(str(error.sentence), err=True)
        raise typer.Exit(1) from error
    typer.echo("Asked for.")
