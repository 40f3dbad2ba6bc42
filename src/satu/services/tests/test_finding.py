"""What people type, and what they should find: an evaluation of the search, not the list that it was made from.

The words come from how people ask (at the counter, in a chat, in a hurry on a telephone), in both languages and with
typing errors. Few of them stand in a package as they stand here.
"""

import pytest

from satu.services.queries import life_events, nearest_services, search_services, services_named

FIRST = {
    "akta-kelahiran": [
        "anak saya baru lahir", "anka lahir", "istri saya melahirkan kemarin", "bikin akte bayi", "akte klahiran",
        "daftarin bayi", "birth of my child", "my wife gave birth", "register my new born", "birht certificate",
        "urus akta kelahiran anak saya di rumah sakit",
    ],
    "kia": ["kartu identitas anak", "ktp anak", "kartu anak", "identity card for my child"],
    "pindah": [
        "pindh rmah", "pindahan rumah", "saya pindah kontrakan", "mau pisah KK dari orang tua", "pindah alamt ktp",
        "we are moving to a new house", "moving hosue", "change my address", "split our family card", "pindahrumah",
        "numpang kk mertua",
    ],
    "domisili": [
        "surat domisli", "surat keterangan tinggal", "bukti tempat tinggal", "surat rt", "proof of residence",
        "prof of adress", "letter saying where I live", "suket domisili utk bank",
    ],
    "belum-menikah": [
        "surat belum nikah", "blm pernah menikah", "surat keterangan bujangan", "proof that I am single",
        "never maried", "syarat nikah di KUA", "certificate of single status",
    ],
    "sktm": [
        "surat miskin", "surat ga mampu", "sktm buat beasiswa anak", "keluarga kurang mampu", "surat tdk mampu",
        "we are poor", "help with school fees", "low incom letter", "keringanan uang kuliah", "skmt",
    ],
    "reklame": [
        "pasang sepanduk", "izin papan nama toko", "mau pasang iklan di jalan", "buka warung", "put up a shop sign",
        "bilboard permit", "pajak reklame",
    ],
    "sip": [
        "izin praktek dokter", "perpanjangan sip bidan", "praktik perawat", "licence for a midwife",
        "renew doctors license", "surat ijin praktik apoteker",
    ],
}  # fmt: skip
AMONG_THREE = {
    "domisili": ["alamat", "surat buat buka rekening bank", "syarat melamar kerja"],
    "sktm": ["biaya sekolah anak", "bantuan", "beasiswa kuliah"],
    "belum-menikah": ["mau nikah", "getting married"],
    "pindah": ["kartu keluarga baru", "ganti alamat"],
}
#: What the city does not do here yet: nothing is better than something else.
NOTHING = ["ktp hilang", "surat tanah", "bayar parkir", "jalan berlubang", "vaksin", "lost my passport", "paspor",
           "surat kematian", "cuti", "pajak mobil", "pemadam kebakaran"]  # fmt: skip


def found(text: str) -> list[str]:
    return [hit.slug for hit in search_services(text)]


def test_people_find_what_they_mean_first() -> None:
    wrong = {text: found(text)[:3] for slug, texts in FIRST.items() for text in texts if found(text)[:1] != [slug]}
    asked = sum(map(len, FIRST.values()))
    assert len(wrong) <= asked // 20, f"{len(wrong)} of {asked}: {wrong}"


def test_what_is_not_first_is_among_the_first_three() -> None:
    every = {slug: [*FIRST[slug], *AMONG_THREE.get(slug, [])] for slug in FIRST}
    wrong = {text: found(text)[:3] for slug, texts in every.items() for text in texts if slug not in found(text)[:3]}
    assert not wrong


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_not_offered_is_not_found(text: str) -> None:
    assert found(text) == []


def test_where_nothing_is_found_something_near_is_offered_and_never_anything_at_all() -> None:
    assert nearest_services("xyzzyplugh") == []
    assert len(nearest_services("kartu kuning")) <= 3


def test_every_door_leads_somewhere() -> None:
    doors = life_events()
    assert doors
    for door in doors:
        hit = search_services(str(door.name.id))
        assert hit, door.name
        assert hit[0].slug in door.services


def test_a_short_name_is_written_as_the_name_of_the_service_writes_it():
    called = [(hit.called.id, hit.called.en) for hit in services_named(["sktm", "kia", "sip", "domisili"])]
    assert called == [
        ("SKTM", "low income letter"),
        ("KIA", "child identity card"),
        ("SIP", "licence to practise"),
        ("surat domisili", "proof of address"),
    ]
