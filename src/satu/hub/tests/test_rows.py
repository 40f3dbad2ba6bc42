import pytest
from django.utils import translation

from satu.hub.rows import in_rows

FACTS = [
    ("person.nik", "3671"),
    ("person.birth_place", "Tangerang"),
    ("person.birth_date", "14 Maret 1991"),
    ("person.address", "Jl. Melati 12"),
    ("person.rt", "003"),
    ("person.rw", "007"),
    ("person.kelurahan", "Sukasari"),
    ("person.kecamatan", "Tangerang"),
]


def rows_of(facts, source=lambda _fact: "siak"):
    return in_rows(facts, key=lambda fact: fact[0], shown=lambda fact: fact[1], source=source)


def test_what_stands_together_on_the_card_stands_in_one_row():
    with translation.override("id"):
        shown = [(str(row.label), row.shown) for row in rows_of(FACTS)]
    assert shown == [
        ("NIK", "3671"),
        ("Tempat, tanggal lahir", "Tangerang, 14 Maret 1991"),
        ("Alamat", "Jl. Melati 12, RT 003/RW 007, Sukasari, Kec. Tangerang"),
    ]


@pytest.mark.parametrize("lost", range(1, len(FACTS)))
def test_every_fact_stands_in_exactly_one_row_also_when_one_is_missing(lost):
    facts = [(key, "" if number == lost else shown) for number, (key, shown) in enumerate(FACTS)]
    items = [item for row in rows_of(facts) for item in row.items]
    assert sorted(items) == sorted(facts)


def test_values_of_two_systems_are_not_told_in_one_breath():
    rows = rows_of(FACTS[:3], source=lambda fact: fact[0])
    assert [row.shown for row in rows] == ["3671", "Tangerang", "14 Maret 1991"]


def test_a_value_with_braces_is_shown_as_it_is():
    facts = [("person.birth_place", "{person.nik}"), ("person.birth_date", "1 Mei 2000")]
    assert rows_of(facts)[0].shown == "{person.nik}, 1 Mei 2000"
