import pytest
from django.utils import translation

from satu.hub.formatting import show, table

MEMBERS = [
    {"name": "Siti", "nik": "3671014506910003", "sex": "female", "birth_date": "1991-06-05", "role": "head"},
    {"name": "Adi", "nik": "3671010101150001", "sex": "male", "birth_date": None, "role": "child"},
]


@pytest.mark.parametrize(
    ("fact", "value", "indonesian", "english"),
    [
        ("person.birth_date", "1991-03-14", "14 Maret 1991", "14 March 1991"),
        ("person.property_tax_arrears", 1250000, "Rp1.250.000,00", "Rp1.250.000,00"),
        ("person.is_adult", True, "Ya", "Yes"),
        ("person.is_adult", False, "Tidak", "No"),
        ("person.marital_status", "never-married", "Belum Kawin", "Never married"),
        ("person.occupation", "15", "Karyawan Swasta", "Private employee"),
        ("person.nik", "3671014506910003", "3671 0145 0691 0003", "3671 0145 0691 0003"),
        ("person.rt", "003", "003", "003"),
        ("person.age", 35, "35", "35"),
        ("person.social_assistance", ["pkh", "local"], "Program Keluarga Harapan (PKH), Bantuan sosial kota",
         "Family Hope Programme (PKH), Support by the city"),
        ("family.members", MEMBERS[1:], "Adi, 3671 0101 0115 0001, Laki-laki, Anak",
         "Adi, 3671 0101 0115 0001, Male, Child"),
    ],
)  # fmt: skip
def test_a_value_is_shown_as_people_read_it(fact, value, indonesian, english):
    with translation.override("id"):
        assert show(fact, value) == indonesian
    with translation.override("en"):
        assert show(fact, value) == english


def test_a_list_of_things_is_a_table():
    with translation.override("id"):
        rows = table("family.members", MEMBERS)
    assert rows[0] == [
        ("Nama", "Siti"),
        ("NIK", "3671 0145 0691 0003"),
        ("Jenis kelamin", "Perempuan"),
        ("Tanggal lahir", "5 Juni 1991"),
        ("Kedudukan", "Kepala Keluarga"),
    ]
    assert rows[1][3] == ("Tanggal lahir", "")


def test_what_only_programs_read_is_no_part_of_a_table():
    place = {
        "code": "9900103",
        "name": "Puskesmas Cibodasari",
        "kind": "puskesmas",
        "address": "Jl. Palem Raya No. 8",
    }
    with translation.override("id"):
        (row,) = table("person.practice_places", [place])
        told = show("person.practice_places", [place])
    assert row[0] == ("Nama fasilitas", "Puskesmas Cibodasari")
    assert "9900103" not in str(row) + told
