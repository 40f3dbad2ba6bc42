"""Reading what was typed: only the package's own questions, and a sentence for each that needs another look."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.kernel.city import Label
from satu.services.forms import read_answers
from satu.services.packages import the_packages
from satu.services.types import Choice, InvalidAnswers, Question, QuestionType, ServicePackage


def asking(kind: QuestionType, *, required: bool = True) -> ServicePackage:
    choices = (Choice("yes", Label("Ya", "Yes")), Choice("no", Label("Tidak", "No"))) if kind == "choice" else ()
    question = Question("q", Label("Isian", "Field"), None, kind, required, 20, choices)
    return replace(the_packages()["domisili"], questions=(question,))


def test_a_forged_field_for_a_pulled_fact_is_not_even_looked_at() -> None:
    forged = {"purpose": "membuka rekening", "person.name": "Orang Lain", "facts": "x", "case.state": "issued"}
    assert read_answers(the_packages()["domisili"], forged) == {"purpose": "membuka rekening"}


def test_spaces_and_line_breaks_become_one_space() -> None:
    assert read_answers(asking("text"), {"q": "  a\n\tb  "}) == {"q": "a b"}


@pytest.mark.parametrize(
    ("kind", "typed", "read"),
    [
        ("text", "Melamar kerja", "Melamar kerja"),
        ("choice", "yes", "yes"),
        ("date", "31/12/2026", "2026-12-31"),
        ("date", "2026-12-31", "2026-12-31"),
        ("date", "1.2.2026", "2026-02-01"),
        ("number", "12", "12"),
        ("number", "-1.5", "-1.5"),
    ],
)
def test_what_can_be_read(kind: QuestionType, typed: str, read: str) -> None:
    assert read_answers(asking(kind), {"q": typed}) == {"q": read}


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("text", ""),
        ("text", "   \n"),
        ("text", "x" * 21),
        ("text", "a\x00b"),
        ("text", "\u202eabc"),
        ("text", "🦄"),
        ("choice", "maybe"),
        ("date", "31/02/2026"),
        ("date", "tomorrow"),
        ("date", "٣١/١٢/٢٠٢٦"),
        ("number", "1e9"),
        ("number", "twelve"),
        ("number", "١٢"),
    ],
)
def test_what_cannot_be_read_names_its_question(kind: QuestionType, typed: str) -> None:
    with pytest.raises(InvalidAnswers) as caught:
        read_answers(asking(kind), {"q": typed})
    assert list(caught.value.errors) == ["q"]
    assert caught.value.field == "q"


def test_an_optional_question_may_stay_empty() -> None:
    assert read_answers(asking("number", required=False), {}) == {"q": ""}


@given(st.text(max_size=40))
def test_whatever_is_typed_is_read_or_refused_and_never_breaks(typed: str) -> None:
    try:
        (answer,) = read_answers(asking("text"), {"q": typed}).values()
    except InvalidAnswers:
        return
    assert 0 < len(answer) <= 20
