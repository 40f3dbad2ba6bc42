"""What a service costs: worked out by the edition of its fee table that holds, with everything that explains it.

Amounts are whole rupiah; how one is rounded stands in the table. The same package, values and day give the same fee.
"""

import json
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from satu.hub.catalogue import the_catalogue
from satu.hub.formatting import show
from satu.kernel.city import Label
from satu.kernel.expressions import RuleError, evaluate
from satu.services.answers import is_asked, shown
from satu.services.days import day_of
from satu.services.decisions import engine, nested
from satu.services.models import Case, CaseFee
from satu.services.types import (
    FeeEdition,
    FeeUnknown,
    FeeView,
    Rounding,
    ServicePackage,
    in_force,
)

_WAYS = {"up": ROUND_CEILING, "down": ROUND_FLOOR, "nearest": ROUND_HALF_UP}


def fee_for(package: ServicePackage, values: Mapping[str, Any], *, on: date) -> FeeView:
    """What it costs on a day, over facts and answers as ``answer_values`` gives them. Raises ``FeeUnknown``."""
    if package.fee_table is None:
        return _listed(package, on)
    edition = package.fee_table.on(on)
    try:
        row, seen, amount = work_out(edition, values)
    except RuleError as error:
        missing = tuple(name for name in edition.inputs if values.get(name) is None)
        raise FeeUnknown(
            _("What it costs cannot be worked out from your data and answers. Please ask the office."), missing
        ) from error
    return _explained(package, edition, row, seen, amount)


def work_out(edition: FeeEdition, values: Mapping[str, Any]) -> tuple[str, dict[str, Any], int]:
    """Row, everything it was worked out from, and the amount. The same values give the same. Raises ``RuleError``."""
    seen: dict[str, Any] = {name: values.get(name) for name in edition.inputs}
    seen |= {f"figures.{key}": _plain(figure.value) for key, figure in edition.figures.items()}
    for key, part in edition.parts.items():
        seen[f"parts.{key}"] = evaluate(part.expression, nested(seen))
    row = engine(edition.jdm).decide(nested(seen)).output["row"]
    expression = next(one.rupiah for one in edition.rows if one.id == row)
    return row, seen, rounded(evaluate(expression, nested(seen)), edition.rounding)


def estimate(package: ServicePackage, values: Mapping[str, Any], *, on: date) -> FeeView | None:
    """What it would cost if it were sent like this; ``None`` while answers are missing that the amount rests on."""
    if package.fee_table is not None:
        inputs = package.fee_table.on(on).inputs
        for question in package.questions:
            name = f"answers.{question.key}"
            is_open = name in inputs and question.required and values.get(name) in (None, "")
            if is_open and is_asked(question, values, values):
                return None
    try:
        return fee_for(package, values, on=on)
    except FeeUnknown:
        return None


def fee_of(case: Case, package: ServicePackage) -> FeeView:
    """What a submitted case costs, as it was kept when it was sent. Raises ``FeeUnknown`` where nothing was kept."""
    if package.fee_table is None:
        return _listed(package, day_of(case))
    kept = CaseFee.objects.filter(case=case).order_by("round").last()
    if kept is None:
        raise FeeUnknown(_("What this request costs was never worked out."), ())
    edition = next(one for one in package.fee_table.editions if one.version == kept.table_version)
    return _explained(package, edition, kept.row, kept.values, kept.amount)


def keep_fee(case: Case, package: ServicePackage, values: Mapping[str, Any]) -> FeeView | None:
    """Work the fee of a case out and keep it with its explanation, append-only; in the transaction that sends it.

    A figure that stands in the package is kept by the package's version already. Raises ``FeeUnknown``.
    """
    if package.fee_table is None:
        return None
    fee = fee_for(package, values, on=day_of(case))
    CaseFee.objects.create(
        case=case,
        round=case.resubmissions.count(),
        table=fee.table,
        table_version=fee.version,
        row=fee.row,
        amount=fee.amount,
        values=dict(fee.values),
    )
    return fee


def rounded(amount: object, rounding: Rounding) -> int:
    """Whole rupiah, rounded as a table says. Raises ``RuleError`` for what is no amount of money."""
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        raise RuleError("the amount is not a number")
    exact = Decimal(str(amount))
    if not exact.is_finite() or exact < 0:
        raise RuleError("the amount is below nothing")
    return int((exact / rounding.to).quantize(Decimal(1), rounding=_WAYS[rounding.way])) * rounding.to


def _listed(package: ServicePackage, on: date) -> FeeView:
    figure = in_force(package.fees, on) or package.fees[0]
    return FeeView(
        amount=figure.value,
        table="",
        table_name=None,
        version=package.version,
        in_force_from=figure.in_force_from,
        row="",
        row_name=None,
        values={},
        lines=(),
        rounding=None,
        basis=figure.basis,
        confirmed=figure.confirmed,
    )


def _explained(
    package: ServicePackage,
    edition: FeeEdition,
    row: str,
    values: Mapping[str, Any],
    amount: int,
) -> FeeView:
    table = package.fee_table
    assert table is not None  # noqa: S101 - an edition of it was given
    return FeeView(
        amount=amount,
        table=table.key,
        table_name=table.name,
        version=edition.version,
        in_force_from=edition.in_force_from,
        row=row,
        row_name=next(one.label for one in edition.rows if one.id == row),
        values=values,
        lines=tuple(_line(package, edition, name, value) for name, value in values.items()),
        rounding=edition.rounding,
        basis=edition.legal_basis,
        confirmed=edition.is_confirmed,
    )


def _line(package: ServicePackage, edition: FeeEdition, name: str, value: Any) -> tuple[Label, str]:
    kind, _dot, key = name.partition(".")
    if kind == "figures":
        return edition.figures[key].label, _shown(value)
    if kind == "parts":
        return edition.parts[key].label, _shown(value)
    if kind == "answers":
        question = next(one for one in package.questions if one.key == key)
        told = value if isinstance(value, str) else json.dumps(value)
        return question.label, _shown(value) if question.type == "number" else shown(question, told)
    return the_catalogue().fact(name).label, show(name, value) if value is not None else "—"


def _shown(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_format(_plain(Decimal(str(value))), use_l10n=True, force_grouping=True)
    return str(value)


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
