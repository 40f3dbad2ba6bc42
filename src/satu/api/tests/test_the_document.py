import json
from collections import Counter
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import jsonschema
import pytest
from django.test import Client
from pydantic import BaseModel

from satu.api import openapi, schemas

KEPT = Path(__file__).resolve().parents[4] / "docs" / "api" / "openapi.json"


def operations():
    return [one for methods in openapi.document()["paths"].values() for one in methods.values()]


def test_the_document_in_the_repository_is_the_one_that_is_served():
    """After a change that is meant: ``satu api document``."""
    assert openapi.as_text() == KEPT.read_text(encoding="utf-8")


def test_it_is_openapi_3_1_and_every_operation_has_a_name_a_part_and_its_problems():
    document = openapi.document()
    assert document["openapi"].startswith("3.1")
    names = [one["operationId"] for one in operations()]
    assert len(set(names)) == len(names) > 60
    assert {tag for one in operations() for tag in one["tags"]} == set(openapi.TAGS)
    for one in operations():
        assert {"400", "404", "422", "429", "500", "503"} <= one["responses"].keys(), one["operationId"]
        assert one["security"] == [] or "401" in one["responses"]


def test_every_example_is_what_its_schema_says():
    document = openapi.document()
    for one in operations():
        contents = [one.get("requestBody", {}).get("content", {})]
        contents += [answer.get("content", {}) for answer in one["responses"].values()]
        for media in [content["application/json"] for content in contents if "application/json" in content]:
            schema = media["schema"] | {"components": document["components"]}
            jsonschema.Draft202012Validator(schema).validate(media["example"])


def test_no_two_shapes_have_one_name():
    """In the document the one would stand for the other."""
    names = Counter(
        name
        for module in map(import_module, (f"satu.api.schemas.{one.name}" for one in iter_modules(schemas.__path__)))
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__ == module.__name__
    )
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.django_db
def test_anybody_can_have_it(settings):
    answer = Client().get("/api/openapi.json")
    assert json.loads(answer.content) == openapi.document()


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "title"), [("id", "Untuk program"), ("en", "For programs")])
def test_the_reference_tells_every_operation_in_both_languages(client, language, title):
    client.cookies["language"] = language
    page = client.get("/api/")
    text = page.content.decode()
    assert f"<h1>{title}</h1>" in text
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    for one in operations():
        assert f'id="{one["operationId"]}"' in text
    assert (language == "en") == ("What the city holds on the caller" in text)
