"""Giving out NIKs and family card numbers: one writer a prefix at a time, and a unique key behind it."""

from datetime import date

from django.db import connection, models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from satu.kernel.errors import Conflict
from satu.kernel.identifiers import FamilyCardNumber, Nik
from satu.registry.models import Family, Resident
from satu.registry.types import Sex

#: Serials below this one are given out here; the demonstration's generator uses those above.
_FIRST_FOREIGN_SERIAL = 5001


def new_nik(area_code: str, birth_date: date, sex: Sex) -> Nik:
    """The next NIK of an area's kecamatan for somebody born on a day. Raises ``Conflict`` when none is left."""
    day = birth_date.day + (40 if sex == "female" else 0)
    prefix = f"{_district(area_code)}{day:02d}{birth_date:%m%y}"
    return Nik(_next(Resident, "nik", prefix, _("All NIKs of this day are given out.")))


def new_family_card_number(area_code: str, registered_on: date) -> FamilyCardNumber:
    """The next card number of an area's kecamatan on a day. Raises ``Conflict`` when none is left."""
    prefix = f"{_district(area_code)}{registered_on:%d%m%y}"
    return FamilyCardNumber(_next(Family, "number", prefix, _("All family card numbers of this day are given out.")))


def _district(area_code: str) -> str:
    return area_code[:8].replace(".", "")


def _next(table: type[models.Model], column: str, prefix: str, used_up: str | Promise) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"registry.{column}.{prefix}"])
    given = {f"{column}__gt": prefix, f"{column}__lt": f"{prefix}{_FIRST_FOREIGN_SERIAL}"}
    numbers = table._default_manager.filter(**given).order_by(f"-{column}")  # noqa: SLF001 - documented by Django
    last = numbers.values_list(column, flat=True).first()
    serial = int(last[-4:]) + 1 if last else 1
    if serial >= _FIRST_FOREIGN_SERIAL:
        raise Conflict(used_up)
    return f"{prefix}{serial:04d}"
