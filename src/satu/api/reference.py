"""The reference that people read: made from the OpenAPI document, in the city's own look and both languages."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from satu.api import openapi
from satu.api.problems import TITLES

_FOR = {
    "public": _("For anybody, without signing in"),
    "anyone": _("For residents and officers"),
    "resident": _("For residents"),
    "officer": _("For officers"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter, or one part of a body."""

    name: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    description: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation, as it is told."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    whom: str
    acts: bool
    parameters: list[Field]
    body_kind: str
    body: list[Field]
    body_example: str
    answers: list[Answer]
    failures: str


@dataclass(frozen=True, slots=True)
class Part:
    id: str
    name: str
    description: str
    entries: list[Entry] = field(default_factory=list)


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every operation, with an example of what it takes and gives; what may go wrong with any is said once."""
    document = openapi.document()
    page = {
        "parts": list(_parts(document)),
        "failures": [(status, gettext(text)) for status, text in openapi.FAILURES.items()],
        "problems": [(code, gettext(title)) for code, title in TITLES.items()],
    }
    return render(request, "api/reference.html", page)


@login_not_required
@require_safe
def document(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The OpenAPI document."""
    return HttpResponse(openapi.as_text(), content_type="application/json; charset=utf-8")


def _parts(document: openapi.Document) -> Iterator[Part]:
    for number, tag in enumerate(document["tags"], start=1):
        entries = [
            _entry(method, path, one, document)
            for path, methods in document["paths"].items()
            for method, one in methods.items()
            if tag["name"] in one["tags"]
        ]
        yield Part(f"part-{number}", _translated(tag["name"]), _translated(tag["description"]), entries)


def _entry(method: str, path: str, one: dict[str, Any], document: openapi.Document) -> Entry:
    schemas = document["components"]["schemas"]
    content: dict[str, dict[str, Any]] = one.get("requestBody", {}).get("content", {})
    kind = next(iter(content), "")
    media = content.get(kind, {})
    return Entry(
        id=one["operationId"],
        method=method.upper(),
        path=path,
        summary=_translated(one["summary"]),
        description=_translated(one.get("description", "")),
        whom=str(_FOR[one["x-for"]]),
        acts=one["x-scope"] == "act",
        parameters=[
            Field(
                name=parameter["name"],
                kind=_kind(parameter["schema"], schemas),
                required=parameter["required"],
                description=_translated(parameter.get("description", "")),
            )
            for parameter in one["parameters"]
        ],
        body_kind=kind,
        body=list(_fields(media.get("schema", {}), schemas)),
        body_example=_as_text(media["example"]) if "example" in media else "",
        answers=list(_answers(one)),
        failures=", ".join(sorted(status for status, answer in one["responses"].items() if "$ref" in answer)),
    )


def _answers(one: dict[str, Any]) -> Iterator[Answer]:
    """What only this operation answers."""
    for status, answer in sorted(one["responses"].items()):
        if "$ref" not in answer:
            kinds = answer.get("content", {})
            json_answer = kinds.get("application/json", {})
            example = _as_text(json_answer["example"]) if "example" in json_answer else ""
            yield Answer(status, ", ".join(kinds) or gettext("Nothing more to say."), example)


def _fields(schema: dict[str, Any], schemas: dict[str, Any]) -> Iterator[Field]:
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    for name, part in schema.get("properties", {}).items():
        yield Field(
            name=name,
            kind=_kind(part, schemas),
            required=name in schema.get("required", ()),
            description=_translated(part.get("description", "")),
        )


def _kind(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    """``uuid``, ``email | sms``, ``integer 1 to 100``: what a value looks like, in a word."""
    if "$ref" in schema:
        return _kind(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for several in ("anyOf", "allOf"):
        if several in schema:
            kinds = [_kind(part, schemas) for part in schema[several] if part.get("type") != "null"]
            return " | ".join(kinds)
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "minimum" in schema and "maximum" in schema:
        return f"{schema['type']} {schema['minimum']} … {schema['maximum']}"
    return str(schema.get("format") or schema.get("type", ""))


def _translated(text: str) -> str:
    """Nothing stays nothing: the translation of an empty text is the catalogue's head."""
    return gettext(text) if text else ""


def _as_text(example: object) -> str:
    return json.dumps(example, indent=2, ensure_ascii=False)
