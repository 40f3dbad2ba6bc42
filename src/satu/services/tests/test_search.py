"""Finding a service by the words people use."""

import pytest

from satu.services.queries import search_services


@pytest.mark.parametrize(
    "text",
    [
        "surat domisili",
        "domisili",
        "domsili",
        "keterangan domisili",
        "bukti alamat",
        "alamat rumah",
        "surat pengantar rt",
        "proof of address",
        "proof of adress",
        "residence certificate",
        "SURAT  KETERANGAN   DOMISILI",
        "domi",
        "surat domis",
        "surat tempat tinggal",
        "alamat",
        "saya mau bikin surat alamat",
    ],
)
def test_everyday_words_find_the_certificate_of_residence(text: str) -> None:
    hits = search_services(text)
    # "alamat" alone may as well mean a move: both are at the top.
    assert "domisili" in [hit.slug for hit in hits[:2]]


@pytest.mark.parametrize(
    "text",
    [
        "bayar parkir",
        "vaccination",
        "xyzzy",
        "kartu kuning",
        "surat tanah",
        "KTP hilang",
        "surat kematian",
    ],
)
def test_other_words_do_not(text: str) -> None:
    assert [hit.slug for hit in search_services(text)] == []


@pytest.mark.parametrize("text", ["surat keterangan tidak mampu", "sktm", "suart miskin", "low income"])
def test_people_in_need_find_their_certificate(text: str) -> None:
    assert [hit.slug for hit in search_services(text)] == ["sktm"]


@pytest.mark.parametrize(
    ("text", "slug"),
    [("akta kelahiran", "akta-kelahiran"), ("akte lahir", "akta-kelahiran"), ("pindah rumah", "pindah"),
     ("pecah kk", "pindah"), ("newborn", "akta-kelahiran")],
)  # fmt: skip
def test_a_birth_and_a_move_are_found_by_what_people_say(text: str, slug: str) -> None:
    assert search_services(text)[0].slug == slug


def test_nothing_typed_gives_every_service() -> None:
    assert "domisili" in {hit.slug for hit in search_services("")}


@pytest.mark.parametrize("text", ["'; DROP TABLE x;--", "\x00", "a" * 10_000, "🦄", "%_%"])
def test_whatever_is_typed_never_breaks(text: str) -> None:
    assert isinstance(search_services(text), list)


def test_a_word_that_many_services_share_finds_them_all() -> None:
    assert {"belum-menikah", "domisili", "sktm"} <= {hit.slug for hit in search_services("surat")}
