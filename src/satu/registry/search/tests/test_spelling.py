"""Spellings that name one person, and names that only look alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.registry.search.spelling import TypedWord, readings, typed_words, words

SAME_NAME = [
    ("suharto", "soeharto"),
    ("joko", "djoko"),
    ("yusuf", "jusup"),
    ("cahyono", "tjahjono"),
    ("nyoman", "njoman"),
    ("syarif", "sjarif"),
    ("akhmad", "achmad"),
    ("zainudin", "jaenuddin"),
    ("rizki", "rizqi"),
    ("syafrudin", "saprudin"),
    ("haryanto", "hariyanto"),
    ("setiawan", "setyawan"),
    ("suwandi", "suandi"),
    ("sholeh", "soleh"),
    ("abdulrahman", "abdurrahman"),
    ("khoirul", "chairul"),
    ("fatimah", "patimoh"),
    ("kristian", "christian"),
]
LOOK_ALIKES = [
    ("yanto", "yanti"),
    ("siti", "sinta"),
    ("nur", "nurul"),
    ("ahmad", "muhammad"),
    ("dewi", "dewa"),
    ("putra", "putri"),
    ("hendra", "hendro"),
    ("rahmat", "rahmah"),
]


@pytest.mark.parametrize(("modern", "otherwise"), SAME_NAME)
def test_spellings_of_one_name_sound_alike(modern, otherwise):
    assert set(readings(modern)) & set(readings(otherwise))


@pytest.mark.parametrize(("one", "other"), LOOK_ALIKES)
def test_names_of_different_people_do_not_sound_alike(one, other):
    assert not set(readings(one)) & set(readings(other))


@given(st.from_regex(r"([bcdgjklmnprstwy][aiu]){2,4}n?", fullmatch=True))
def test_a_name_and_its_old_spelling_sound_alike(name):
    old = name.replace("u", "oe").replace("j", "dj").replace("y", "j").replace("c", "tj")
    assert set(readings(name)) & set(readings(old.replace("ddj", "dj")))


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=60))
def test_every_word_has_a_few_readings(word):
    assert 1 <= len(readings(word)) <= 9


def test_a_bare_j_has_both_readings():
    assert set(readings("jaya")) & set(readings("djaja"))
    assert set(readings("jusuf")) & set(readings("yusuf"))
    assert not set(readings("djaya")) & set(readings("yaya"))


def test_full_stops_mark_short_forms_and_degrees_are_one_word():
    assert typed_words("H. Moh. Nur'aini, S.Pd., M.M.") == [
        TypedWord("h", dotted=True),
        TypedWord("moh", dotted=True),
        TypedWord("nur'aini"),
        TypedWord("spd", dotted=True),
        TypedWord("mm", dotted=True),
    ]


def test_accents_case_and_foreign_signs_do_not_matter():
    assert words("RENÉ  van-der Siàhaan") == ["rene", "van", "der", "siahaan"]
    assert words("Nur\u2019aini 'Ali'") == ["nur'aini", "ali"]
    assert words("王") == []
