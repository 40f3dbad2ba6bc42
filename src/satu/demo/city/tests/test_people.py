"""The people of a block, before any database sees them."""

import hashlib
from datetime import date
from functools import cache

import numpy as np
import pytest

from satu.demo.city import names, places
from satu.demo.city.build import REFERENCE_DAY
from satu.demo.city.draw import Draw
from satu.demo.city.load import streams_of
from satu.demo.city.people import BLOCK, CALENDAR, CHILD, HEAD, PARENT, SPOUSE, Block, make_block
from satu.kernel.city import the_city
from satu.kernel.identifiers import FamilyCardNumber, Nik

TODAY = (REFERENCE_DAY - date(1900, 1, 1)).days


def areas() -> places.City:
    return places.lay_out(the_city().folder / "areas.csv", 1)


@cache
def a_block(size: int = BLOCK, block: int = 3, blocks: int = 80) -> Block:
    return make_block(areas(), seed=1, block=block, size=size, blocks=blocks, today=TODAY)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_a_city_has_exactly_as_many_residents_as_asked_for(size):
    block = a_block(size=size, block=0, blocks=1)
    assert len(block.people["name"]) == size
    assert (block.people["slot"] == HEAD).sum() == len(block.families["rt"])


def test_a_seed_means_the_same_people_on_every_machine():
    # Pinned: if this changes, every seed that anybody has written down means another city.
    block = make_block(areas(), seed=7, block=0, size=2000, blocks=1, today=TODAY)
    streams = streams_of(block, areas(), first_id=1, today=TODAY)
    assert hashlib.sha256(b"".join(streams)).hexdigest()[:16] == "c859675227d3c574"


def test_numbers_are_well_formed_unique_and_clearly_synthetic():
    block = a_block()
    niks, cards = block.people["nik"].tolist(), block.families["number"].tolist()
    assert len(set(niks)) == len(niks)
    assert len(set(cards)) == len(cards)
    assert all(Nik(str(nik)).value[-4:] > "5000" for nik in niks)
    assert all(FamilyCardNumber(str(card)) for card in cards)


def test_blocks_never_share_a_number():
    numbers = [set(a_block(block=block).people["nik"].tolist()) for block in (3, 4)]
    assert not numbers[0] & numbers[1]


def test_most_niks_begin_here_and_a_few_disagree_with_the_card():
    people = a_block().people
    here = np.mean(people["nik"] // 10**12 == 3671)
    texts = CALENDAR.texts[people["birth"]].tolist()
    agreeing = [
        Nik(str(nik)).agrees_with(birth_date=date.fromisoformat(born), sex="male" if male else "female")
        for nik, born, male in zip(people["nik"].tolist(), texts, people["male"].tolist(), strict=True)
    ]
    assert 0.7 < here < 0.9
    assert 0.99 < np.mean(agreeing) < 1


def test_mothers_in_the_family_were_of_an_age_to_bear_their_children():
    people = a_block().people
    known = people["mother_at"] >= 0
    apart = (people["birth"][known] - people["birth"][people["mother_at"][known]]) // 365
    assert known.sum() > 5000
    assert apart.min() >= 17
    assert apart.max() <= 47
    assert not people["male"][people["mother_at"][known]].any()


def test_couples_are_a_man_and_a_woman_of_age():
    people = a_block().people
    wives = people["slot"] == SPOUSE
    assert (people["male"][people["head"][wives]] != people["male"][wives]).all()
    assert people["age"][wives].min() >= 19


def test_religion_is_shared_in_a_family_and_its_shares_are_the_citys():
    people = a_block().people
    assert (people["religion"] == people["religion"][people["head"]]).all()
    assert 0.84 < np.mean(people["religion"] == names.ISLAM) < 0.91
    assert 0.025 < np.mean(people["religion"] == 5) < 0.05


def test_children_study_and_do_not_marry():
    people = a_block().people
    children = people["age"] < 17
    assert 0.2 < children.mean() < 0.35
    assert (people["marital"][children] == 1).all()
    assert set(people["occupation"][children].tolist()) == {1, 3}


def test_a_marga_passes_from_father_to_child():
    people = a_block().people
    children = (people["slot"] >= CHILD) & (people["slot"] < PARENT) & (people["father_at"] >= 0)
    batak = np.nonzero(children & (people["origin"] == names.BATAK))[0]
    fathers = people["plain_name"][people["father_at"][batak]]
    same = [a.split()[-1] == b.split()[-1] for a, b in zip(people["plain_name"][batak], fathers, strict=True)]
    assert len(same) > 100
    assert np.mean(same) > 0.95


def test_names_get_longer_with_the_years_and_the_old_spelling_goes():
    people = a_block().people
    year = CALENDAR.year[people["birth"]]
    words = np.array([len(name.split()) for name in people["plain_name"].tolist()])
    old_letters = np.array(
        [any(x in name for x in ("oe", "Dj", "Tj", "Sj")) for name in people["plain_name"].tolist()]
    )
    assert np.mean(words[year < 1955] == 1) > 0.3
    assert np.mean(words[year > 1995] == 1) < 0.05
    assert np.mean(words[year > 2010] >= 3) > 0.4
    assert np.mean(old_letters[year < 1948]) > 5 * np.mean(old_letters[year > 1980])


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("Sucipto", "Soetjipto"),
        ("Jaya", "Djaja"),
        ("Khadijah", "Chadidjah"),
        ("Nyoman", "Njoman"),
        ("Cahyono", "Tjahjono"),
    ],
)
def test_old_spelling_is_what_people_wrote(new, old):
    assert names.old_spelling(new) == old


def test_chance_keeps_to_its_weights():
    picks = Draw(1, 1).pick(20_000, [1, 0, 3])
    counts = np.bincount(picks, minlength=3)
    assert counts[1] == 0
    assert 0.73 < counts[2] / 20_000 < 0.77


@pytest.mark.parametrize("how", range(5))
def test_a_slip_can_fall_on_an_apostrophe(how):
    for place in range(64 * 3):
        assert names._mistyped("nu'man", place, how)
