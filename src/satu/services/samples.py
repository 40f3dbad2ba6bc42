"""Rendering a package's document with sample values, so that a template's mistake is found before a citizen is."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from satu.documents.letter import Letterhead, qr_code
from satu.documents.rendering import RenderingFailed, Unprintable, render
from satu.hub.catalogue import Catalogue
from satu.hub.facts import Fact
from satu.kernel.city import City
from satu.kernel.citydata import CityDataError
from satu.services.standard_operations import document_data, valid_until
from satu.services.types import MEMBERS_FACT, DocumentSpec, Question, ServicePackage

_CODE = "0" * 24


def render_sample(
    package: ServicePackage,
    city: City,
    catalogue: Catalogue,
    spec: DocumentSpec | None = None,
    *,
    least: bool = False,
) -> bytes:
    """A document (the main one) with sample values, unsigned. Raises ``CityDataError`` where it does not render.

    ``least``: with the least that a request may bring: no fact that is not required, no answer that is not always
    asked for.
    """
    spec = spec or package.document
    today = timezone.localdate()
    facts = {need.fact: _sample(catalogue.fact(need.fact)) for need in package.needs if need.required or not least}
    answers = {
        question.key: _answer(question, catalogue)
        for question in package.questions
        if not (least and (question.when or not question.required))
    }
    head = Letterhead(
        language="id",
        title=spec.title,
        number=f"{spec.classification}/1/CONTOH/{today.year}",
        code=_CODE,
        qr=qr_code(_CODE),
        city=city,
        issuer=city.agencies[spec.signing_agency],
        issued_on=today,
        valid_until=valid_until(package, today, spec, answers=answers),
        certified=False,
    )
    try:
        return render(
            spec.template,
            data=document_data(
                package,
                facts,
                answers,
                number=f"{package.prefix}-{today.year}-000000",
                results=_decided(package, catalogue, least=least),
            ),
            document=head.values(),
            at=timezone.now(),
        )
    except RenderingFailed as error:
        raise CityDataError(package.folder / error.file, error.line, error.message) from error
    except Unprintable as error:
        raise CityDataError(spec.template, 1, str(error)) from error


#: Of no real place.
_ADDRESS = {
    "line": "Jl. Contoh No. 1",
    "rt": "001",
    "rw": "001",
    "kelurahan": "Contoh",
    "kecamatan": "Contoh",
    "kelurahan_code": "36.71.00.0000",
    "area_code": "36.71.00.0000.001.001",
    "postcode": "15000",
}


def _thing(fact: Fact) -> dict[str, Any]:
    """One entry of a list fact with parts."""
    return {
        name: next(iter(part.codes), "") if part.type == "code" else _SAMPLES[part.type]
        for name, part in fact.parts.items()
    }


_SAMPLES: Mapping[str, Any] = {
    "text": "Contoh",
    "number": "3671010101900001",
    "date": "1990-01-31",
    "integer": 1,
    "money": 0,
    "boolean": True,
    "list": [],
}


def _sample(fact: Fact) -> Any:
    if fact.type == "code":
        return next(iter(fact.codes), "")
    if fact.parts:
        return [_thing(fact)]
    return _SAMPLES[fact.type]


def _decided(package: ServicePackage, catalogue: Catalogue, *, least: bool) -> dict[str, dict[str, Any]]:
    """What officers decided and answered, by task; with ``least`` they answered nothing."""
    return {
        task.id: {"decision": "approve", "answers": {one.key: _answer(one, catalogue) for one in task.form}}
        for task in package.tasks.values()
        if not least
    }


def _answer(question: Question, catalogue: Catalogue) -> str:
    if question.type == "choice":
        return question.choices[0].value
    if question.type == "members":
        return json.dumps([_thing(catalogue.fact(MEMBERS_FACT))])
    if question.type == "from-fact":
        return json.dumps(_thing(catalogue.fact(question.fact)))
    if question.type == "address":
        return json.dumps(_ADDRESS)
    return {"text": "Contoh", "date": "1990-01-31", "number": "1"}.get(question.type, "")
