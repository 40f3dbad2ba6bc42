"""A town of one family, and what a test needs to write into the register by hand."""

from datetime import date
from typing import Any

from satu.identity.types import Actor
from satu.kernel.identifiers import FamilyCardNumber, Nik
from satu.registry.models import Area, Family, Membership, Resident

REGISTRAR = Actor(
    reference="account:1", kind="officer", name="Hendra", agency="dukcapil", duties=frozenset({"civil-registrar"})
)
FATHER, MOTHER, CHILD = (Nik(n) for n in ("3671011203850001", "3671015506880001", "3671011408150001"))
LONER = Nik("3671020101700001")
CARD, OTHER_CARD = FamilyCardNumber("3671012003140001"), FamilyCardNumber("3671022003140002")
MARRIED_ON = date(2014, 3, 20)
FIRST_RT, OTHER_RT = "36.71.01.1001.001.001", "36.71.01.1001.001.002"


def resident(nik: Nik, name: str, born: date, **given: Any) -> Resident:
    state = {
        "sex": nik.sex, "birth_place": "Tangerang", "religion": 1, "education": 5, "occupation": 15,
        "marital_status": 1, "mother_name": "Siti Aminah", "father_name": "Abdul Rahman", "valid_from": born,
    }  # fmt: skip
    return Resident.objects.create(nik=nik.value, name=name, birth_date=born, **{**state, **given})


def family(
    card: FamilyCardNumber, area: Area, members: list[tuple[Resident, int]], since: date = MARRIED_ON
) -> Family:
    home = Family.objects.create(number=card.value, address="Jl. Melati No. 1", area=area, valid_from=since)
    Membership.objects.bulk_create(
        Membership(resident=person, family=home, role=role, valid_from=max(since, person.birth_date))
        for person, role in members
    )
    return home


def build() -> None:
    kecamatan = Area.objects.create(code="36.71.01", level=1, name="Tangerang")
    kelurahan = Area.objects.create(
        code="36.71.01.1001", level=2, name="Sukarasa", parent=kecamatan, postcode="15111"
    )
    rw = Area.objects.create(code="36.71.01.1001.001", level=3, name="RW 001", parent=kelurahan)
    rts = [Area.objects.create(code=code, level=4, name="RT", parent=rw) for code in (FIRST_RT, OTHER_RT)]
    father = resident(FATHER, "Asep Hidayat", date(1985, 3, 12), marital_status=2)
    mother = resident(MOTHER, "Euis Komariah", date(1988, 6, 15), marital_status=2)
    child = resident(CHILD, "Rizky Hidayat", date(2015, 8, 14), mother_nik=MOTHER.value, father_nik=FATHER.value)
    loner = resident(LONER, "Joko Santoso", date(1970, 1, 1))
    family(CARD, rts[0], [(father, 1), (mother, 3), (child, 4)])
    family(OTHER_CARD, rts[1], [(loner, 1)])
