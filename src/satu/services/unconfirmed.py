"""What a package rests on that nobody has read in its rule yet: fees, days, silence, retention."""

from collections.abc import Iterator

from satu.services.types import FeeTable, ServicePackage


def unconfirmed(package: ServicePackage) -> Iterator[str]:
    """One line each, as ``satu service check`` lists them."""
    validity = [figure for spec in package.documents for figure in spec.validity_months]
    yield from (f"fee {fee.value}: {fee.basis}" for fee in package.fees if not fee.confirmed)
    yield from (f"validity {figure.value}: {figure.basis}" for figure in validity if not figure.confirmed)
    if package.fee_table is not None:
        yield from _of_fee_table(package.fee_table)
    yield from _of_tasks_and_tables(package)
    if package.payment is not None and not package.payment.confirmed:
        yield f"account {package.payment.account}: {package.payment.edition}"
    if package.archive is not None and not package.archive.confirmed:
        yield f"retention: {package.archive.basis}"


def _of_tasks_and_tables(package: ServicePackage) -> Iterator[str]:
    for task in package.tasks.values():
        if task.silence is not None and not task.silence.confirmed:
            yield f"silence of {task.id} ({task.silence.then}): {task.silence.basis}"
    for table in package.tables.values():
        for edition in table.editions:
            if not edition.confirmed:
                yield f"table {table.key}, from {edition.in_force_from}: {edition.legal_basis}"


def _of_fee_table(table: FeeTable) -> Iterator[str]:
    for edition in table.editions:
        if not edition.confirmed:
            yield f"fee table {table.key}, from {edition.in_force_from}: {edition.legal_basis}"
        for key, figure in edition.figures.items():
            if not figure.confirmed:
                yield f"fee figure {key} {figure.value}: {figure.basis}"
