"""Answers to whatever a service asks, by the kind of the question."""

import json
from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from satu.demo.city import said
from satu.identity.types import Actor
from satu.services import queries
from satu.services.types import QuestionView, ServicePackage

#: A question may depend on those before it, so the form is looked at so often at most.
_ROUNDS = 4
_HOME = """
SELECT f.address, a.code, k.name FROM registry_family f JOIN registry_area a ON a.id = f.area_id
JOIN registry_area k ON k.code = left(a.code, 13) ORDER BY md5(f.id || %(seed)s) LIMIT 1
"""
_GROWN = """
SELECT r.nik FROM registry_resident r JOIN registry_membership m ON m.resident_id = r.id
WHERE r.life_status = 1 AND m.role = 1 AND r.nik <> %(nik)s AND r.birth_date < %(before)s
ORDER BY md5(r.id || %(seed)s) LIMIT 2
"""


def answers_to(case_id: UUID, package: ServicePackage, *, by: Actor, chance: Random) -> dict[str, str]:
    """All that has to be answered; what may stay open stays open."""
    answers: dict[str, str] = {}
    for _round in range(_ROUNDS):
        asked = queries.questions_for(case_id, answers, by=by)
        missing = [one for one in asked if one.is_asked and one.required and one.key not in answers]
        if not missing:
            break
        answers |= {one.key: _answer(one, package, by, chance) for one in missing}
    return answers


def answers_again(package: ServicePackage, answers: Mapping[str, str]) -> dict[str, str]:
    """The same, more exactly: an officer has asked for it."""
    again = dict(answers)
    for question in package.questions:
        if not (before := again.get(question.key)):
            continue
        if question.type == "address":
            there = json.loads(before)
            again[question.key] = json.dumps(there | {"line": f"{there['line']}, pagar hijau"})
        elif question.key == "purpose":
            again[question.key] = said.more_exactly(before)
    return again


def form_answers(form: tuple[QuestionView, ...], chance: Random) -> dict[str, str]:
    """What an officer answers in her task's form; the photos she has attached."""
    answers = {}
    for question in form:
        if question.type == "location":
            answers[question.key] = f"-6.{chance.randrange(165000, 215000)}, 106.{chance.randrange(615000, 695000)}"
        elif question.type == "choice":
            answers[question.key] = question.choices[0].value
        elif question.type != "photo" and question.required:
            answers[question.key] = _plain(question, chance)
    return answers


def _answer(question: QuestionView, package: ServicePackage, by: Actor, chance: Random) -> str:
    match question.type:
        case "choice" | "from-fact":
            return chance.choice(question.choices).value
        case "members":
            return json.dumps([choice.value for choice in question.choices])
        case "address":
            return json.dumps(_somewhere(chance))
        case "text":
            return _in_words(question, package, by, chance)[: question.max_length]
    return _plain(question, chance)


def _in_words(question: QuestionView, package: ServicePackage, by: Actor, chance: Random) -> str:
    match question.key:
        case "child_name":
            return chance.choice(said.CHILDREN)
        case "birth_place":
            return "Tangerang"
        case "witnesses":
            return ", ".join(_witnesses(by, chance))
    return said.purpose(package.slug, question.hint, chance)


def _plain(question: QuestionView, chance: Random) -> str:
    if question.key == "born_on":
        return (timezone.localdate() - timedelta(days=chance.choice((4, 9, 12, 75)))).isoformat()
    if question.type == "date":
        return (timezone.localdate() + timedelta(days=chance.randrange(14, 40))).isoformat()
    return str(chance.randrange(2, 9) * 10) if question.type == "number" else "Sesuai keterangan pemohon"


def _somewhere(chance: Random) -> dict[str, str]:
    """Where somebody lives in the city, next door."""
    with connection.cursor() as cursor:
        cursor.execute(_HOME, {"seed": str(chance.random())})
        line, code, kelurahan = cursor.fetchone()
    *_rest, rw, rt = code.split(".")
    return {"line": f"{line} A", "rt": rt, "rw": rw, "kelurahan": kelurahan}


def _witnesses(by: Actor, chance: Random) -> list[Any]:
    nik = by.nik.value if by.nik else ""
    long_ago = timezone.localdate() - timedelta(days=30 * 366)
    with connection.cursor() as cursor:
        cursor.execute(_GROWN, {"nik": nik, "before": long_ago, "seed": str(chance.random())})
        return [row[0] for row in cursor.fetchall()]
