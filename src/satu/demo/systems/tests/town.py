"""A small town of plain families, for tests that need no register."""

from collections.abc import Iterator
from datetime import date

from satu.demo.systems.draws import Draws
from satu.demo.systems.families import Family, Home, Person

TODAY = date(2026, 11, 24)
_WOMEN = ("Siti Aminah", "Nur Hasanah", "Dewi Lestari", "Fitri Handayani Putri", "Sri Wahyuni")
_MEN = ("Muhammad Yusuf", "Ahmad Fauzi", "Budi Santoso", "Abdul Rahman Hakim", "Slamet Riyadi")
#: As often as in the register's list: employee, housewife, pupil, trader, casual worker.
_OCCUPATIONS = (15,) * 28 + (2,) * 22 + (88,) * 7 + (84,) * 1 + (19,) * 8 + (1,) * 14


def families(count: int) -> Iterator[Family]:
    """Families of two adults and up to three children in two kelurahan. The same ones, every time."""
    for number in range(count):
        draws = Draws(0, "town", str(number))
        kelurahan = draws.one_of((("36.71.01.1001", "Sukarasa"), ("36.71.05.1003", "Gondrong")))
        home = Home(
            line=f"Jl. Melati No. {number % 90 + 1}",
            rt=f"{draws.between(1, 9):03d}",
            rw=f"{draws.between(1, 12):03d}",
            kelurahan_code=kelurahan[0],
            kelurahan=kelurahan[1],
            kecamatan="Tangerang",
            postcode="15111",
        )
        father = _person(draws, number * 8 + 1, "male", draws.between(1960, 2000), None)
        mother = _person(draws, number * 8 + 2, "female", draws.between(1962, 2002), None)
        children = tuple(
            _person(
                draws, number * 8 + 3 + child, draws.one_of(("male", "female")), draws.between(2005, 2026), mother
            )
            for child in range(draws.below(4))
        )
        yield Family(f"367101010120{number + 1:04d}", home, (father, mother, *children))


def _person(draws: Draws, serial: int, sex: str, year: int, mother: Person | None) -> Person:
    born = date(year, draws.between(1, 10), draws.between(1, 28))
    day = born.day + (40 if sex == "female" else 0)
    upper, lower = divmod(serial, 9_999)
    return Person(
        nik=f"3671{upper + 1:02d}{day:02d}{born:%m%y}{lower + 1:04d}",
        name=draws.one_of(_WOMEN if sex == "female" else _MEN),
        sex=sex,
        birth_date=born,
        occupation=draws.one_of(_OCCUPATIONS),
        mother_nik=mother.nik if mother else None,
    )
