"""The OpenAPI document: what ninja knows of the operations, and what holds for all of them."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from django.utils.translation import gettext_noop as _
from ninja.operation import Operation
from ninja.responses import NinjaJSONEncoder

from satu.api import once, problems
from satu.api.callers import Only
from satu.api.chapters import Chapter
from satu.api.examples import example_of
from satu.api.the_api import CHAPTERS, api
from satu.kernel.errors import InvalidInput

Document = dict[str, Any]
PREFIX = "/api/v1/"
#: The parts of the reference, and what each is about.
TAGS: Mapping[str, str] = {
    "Services": _("What the city does for people, and for whom one may ask."),
    "Offers": _("Services that wait, filled in, because something happened."),
    "Requests": _("From a draft, with its facts pulled, to the decision and what may be done against it."),
    "Files and messages": _("What an applicant and the officers send each other."),
    "Documents": _("What was issued, as a signed PDF."),
    "Checking a document": _("For anybody, without signing in."),
    "Own data": _("What the city holds on the caller, and who looked at it, with proof."),
    "Wrong data": _("What somebody says is wrong in her data, and what the agency that owns it answers."),
    "Notices": _("The inbox, and the channels besides it."),
    "Bills": _("What is owed, and the code to pay it by."),
    "Tasks of officers": _("The queue, the case behind each task, and the decision."),
    "Sharing the work": _("Who works on what, several tasks at once, kept filters, absences and the workload."),
    "Officers of an agency": _("For the agency's own administrator; every change is written down."),
    "People and reasons": _("Somebody's data for a stated reason; each look stands in that person's access ledger."),
    "Licences": _("The register of licences, for officers who look after it."),
    "City hall": _("Sums, and nobody in them, for the duty city-hall; and some of them for everybody."),
    "Set-up of the city": _("Systems, facts, services, agencies, calendar and templates, for the duty city-admin."),
    "The city's work": _("How the connected systems answer, and what residents were spared."),
}
_BEARER = "An access token, made on the page Access tokens of one's account."
_BY_SESSION = "The session of a browser on our own pages; what changes something needs X-CSRFToken besides."
_KEY = _("Makes a repeated request one: the same key with the same request is answered the same for 24 hours.")
#: What any operation may answer besides what is its own.
FAILURES: Mapping[int, str] = {
    400: _("The content cannot be read."),
    401: _("Nobody is signed in, and there is no token that holds."),
    403: _("Not meant for this account, or the token may only look."),
    404: _("There is no such thing, or not for the caller."),
    409: _("What was asked no longer fits, or the same request is being carried out."),
    413: _("Too large."),
    415: _("Another kind of content is wanted."),
    422: _("Something needs another look; `errors` says what and where."),
    429: _("Too many requests, or too many tokens that do not hold."),
    500: _("Our fault. Nothing is half done."),
    503: _("A system that is needed does not answer."),
}
_ALWAYS, _SIGNED_IN, _WITH_CONTENT, _CHANGES = (400, 404, 422, 429, 500, 503), (401, 403), (413, 415), (409,)
_FILES: Mapping[str, tuple[str, ...]] = {
    "download_document": ("application/pdf",),
    "download_shared": ("application/pdf",),
    "download_file": (
        "application/pdf",
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/heic",
        "application/octet-stream",
    ),
}
_BINARY = {"type": "string", "format": "binary"}
_PROBLEM: Document = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "examples": ["https://satu.example/api/#not-found"]},
        "title": {"type": "string", "examples": ["Tidak ada apa-apa di sini"]},
        "status": {"type": "integer", "minimum": 400, "maximum": 599, "examples": [404]},
        "detail": {
            "type": "string",
            "description": "A sentence for people.",
            "examples": ["Permohonan tidak ada."],
        },
        "code": {"type": "string", "description": "Stable, for programs.", "examples": ["not-found"]},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}},
        "systems": {
            "type": "array",
            "description": "With code `systems-down`: the systems that do not answer.",
            "items": {
                "type": "object",
                "required": ["system", "name"],
                "properties": {
                    "system": {"type": "string", "examples": ["dtsen"]},
                    "name": {"type": "string", "examples": ["DTSEN"]},
                },
            },
        },
    },
}
_FAULT: Document = {
    "type": "object",
    "description": "What is wrong with one part.",
    "required": ["detail"],
    "properties": {
        "detail": {"type": "string", "examples": ["Mohon diisi."]},
        "pointer": {
            "type": "string",
            "description": "A JSON pointer into the body.",
            "examples": ["#/answers/purpose"],
        },
        "parameter": {"type": "string", "description": "The parameter.", "examples": ["limit"]},
    },
}


@cache
def document() -> Document:
    """The document as it is served: plain JSON values, in English."""
    made: Document = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX), cls=NinjaJSONEncoder))
    _drop_titles(made["components"])
    _drop_titles(made["paths"])
    schemas = made["components"]["schemas"]
    schemas["Problem"], schemas["Fault"] = _PROBLEM, _FAULT
    for operation in _operations(CHAPTERS):
        described = _find(made, operation.operation_id or "")
        _describe(described, operation)
    made["components"]["responses"] = {_name(status): _error(status, schemas) for status in FAILURES}
    made["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": _BEARER},
        "session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": _BY_SESSION},
    }
    made["components"]["schemas"] = dict(sorted(schemas.items()))
    for described in _each(made):
        _give_examples(described, schemas)
    made["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    made["servers"] = [{"url": "/"}]
    made["info"]["license"] = {"name": "Apache 2.0", "identifier": "Apache-2.0"}
    return made


def as_text() -> str:
    """As it is kept in the repository, and given out."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def _operations(chapters: tuple[Chapter, ...]) -> Iterator[Operation]:
    for chapter in chapters:
        for view in chapter.path_operations.values():
            yield from view.operations


def _each(made: Document) -> Iterator[Document]:
    for methods in made["paths"].values():
        yield from methods.values()


def _find(made: Document, operation_id: str) -> Document:
    return next(one for one in _each(made) if one["operationId"] == operation_id)


def _describe(described: Document, operation: Operation) -> None:
    only = next((one for one in operation.auth_callbacks if isinstance(one, Only)), None)
    looks = only is None or only.looks
    described["security"] = [{"token": []}, {"session": []}] if only else []
    described["x-for"] = only.kind if only else "public"
    described["x-scope"] = "none" if only is None else "read" if looks else "act"
    for parameter in described["parameters"]:
        parameter.pop("examples", None)  # they stand in its schema
    if getattr(operation.run, "takes_key", False):
        described["parameters"].append(
            {
                "in": "header",
                "name": once.HEADER,
                "required": False,
                "description": _KEY,
                "schema": {"type": "string", "pattern": "^[!-~]+$", "minLength": 1, "maxLength": once.LONGEST},
            }
        )
    for status in _statuses(only, has_body="requestBody" in described, changes=not looks):
        described["responses"][str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}
    _describe_success(described)


def _statuses(only: Only | None, *, has_body: bool, changes: bool) -> list[int]:
    wanted = [*_ALWAYS, *(_SIGNED_IN if only else ()), *(_WITH_CONTENT if has_body else ())]
    return sorted([*wanted, *(_CHANGES if changes else ())])


def _describe_success(described: Document) -> None:
    for status, answer in described["responses"].items():
        if not status.startswith("2"):
            continue
        if described["operationId"] in _FILES:
            answer["content"] = {kind: {"schema": _BINARY} for kind in _FILES[described["operationId"]]}
        headers: Document = {}
        if any(parameter["name"] == "cursor" for parameter in described["parameters"]):
            headers["Link"] = _header("The address of the next page, while there is one.")
        if described["operationId"] in {"begin_case", "open_inquiry"}:
            headers["Location"] = _header("The address of what was made.")
        if headers:
            answer["headers"] = headers


def _header(text: str) -> Document:
    return {"description": text, "required": False, "schema": {"type": "string"}}


def _name(status: int) -> str:
    code = problems.BY_STATUS.get(status, "internal")
    return "".join(word.capitalize() for word in code.split("-"))


def _error(status: int, schemas: Document) -> Document:
    code = problems.BY_STATUS.get(status, "internal")
    example = example_of({"$ref": "#/components/schemas/Problem"}, schemas)
    example |= {
        "type": f"https://satu.example/api/#{code}",
        "title": problems.TITLES[code],
        "status": status,
        "detail": FAILURES[status],
        "code": code,
    }
    if status != InvalidInput.status:
        example.pop("errors")
    example.pop("systems")
    answer: Document = {
        "description": FAILURES[status],
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }
    if status in {429, 503}:
        answer["headers"] = {
            "Retry-After": {
                "description": "After how many seconds another try makes sense.",
                "required": False,
                "schema": {"type": "string"},
            }
        }
    return answer


def _give_examples(described: Document, schemas: Document) -> None:
    contents = [described.get("requestBody", {}).get("content", {})]
    contents += [answer.get("content", {}) for answer in described["responses"].values()]
    for content in contents:
        for kind, media in content.items():
            if kind == "application/json":
                media["example"] = example_of(media["schema"], schemas)


def _drop_titles(thing: object) -> None:
    """Pydantic's titles repeat the names."""
    if isinstance(thing, dict):
        if isinstance(thing.get("title"), str):
            del thing["title"]
        for value in thing.values():
            _drop_titles(value)
    elif isinstance(thing, list):
        for value in thing:
            _drop_titles(value)
