"""What an officer answers in her task, as pages show it."""

from collections.abc import Iterable, Mapping

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
            shown=shown(question, answer),
        )
