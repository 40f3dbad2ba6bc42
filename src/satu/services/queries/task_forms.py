"""What an officer answers in her task, as pages show it."""

from collections.abc import Iterable, Mapping

from django.utils.translation import ngettext

from satu.services.answers import shown
from satu.services.types import Question, QuestionView


def form_of(questions: Iterable[Question], answers: Mapping[str, str]) -> Iterable[QuestionView]:
    for question in questions:
        answer = answers.get(question.key, "")
        yield QuestionView(
            key=question.key,
            label=question.label,
            hint=question.hint,
            type=question.type,
            required=question.required,
            max_length=question.max_length,
            choices=question.choices,
            answer=answer,
            shown=_photos(answer) if question.type == "photo" else shown(question, answer),
        )


def _photos(answer: str) -> str:
    count = len(answer.split())
    return ngettext("%(num)s photo", "%(num)s photos", count) % {"num": count} if count else ""
