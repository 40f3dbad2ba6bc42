"""Every operation of the interface for programs, walked by everybody who may not have what it is about.

The operations come from the OpenAPI document, with the contents that it gives as examples; the things are real ones
of Siti's (``test_the_wrong_person``). A wrong program is told that there is nothing, or that this is not for it;
nothing of hers is in the answer, and not one row of the database is another one afterwards.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from satu.api.openapi import document
from satu.identity.models import Account
from satu.identity.tokens import make_token
from satu.services.tests.test_files import JPEG
from tests.architecture.routes import ROUTES
from tests.architecture.test_the_wrong_person import RIGHT, WRONG, World, changed, leaks, rows, world

__all__ = ["world"]
pytestmark = pytest.mark.django_db(transaction=True)

#: What anybody may ask, and why.
PUBLIC = {
    "list_services": "says what the city offers",
    "read_service": "says what a service needs and costs, before signing in",
    "verify_code": "anybody may check a document",
    "verify_file": "anybody may check a document",
    "list_life_events": "says what the city offers",
    "read_open_figures": "the city's open figures: sums, none of fewer than five",
    "open_share": "whoever was given a link may open it",
    "download_shared": "whoever was given a link may open it",
}
#: Not hers, though an address names them.
COMMON = {"slug", "channel", "system"}


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    told: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.told["operationId"])

    @property
    def places(self) -> list[str]:
        return [one["name"] for one in self.told["parameters"] if one["in"] == "path"]

    def addresses(self, world: World) -> Iterator[str]:
        for number in range(max([len(world.things[name]) for name in self.places], default=1)):
            things = {name: world.things[name][number % len(world.things[name])] for name in self.places}
            yield self.path.format(**things)

    def content(self) -> dict[str, Any]:
        """What goes with the request, as the document gives it."""
        for kind, media in self.told.get("requestBody", {}).get("content", {}).items():
            if kind == "application/json":
                return {"data": json.dumps(media["example"]), "content_type": kind}
            photo = SimpleUploadedFile("foto.jpg", JPEG, content_type="image/jpeg")
            return {"data": {"key": "photo", "text": "Pesan untuk petugas.", "file": photo}}
        return {}


OPERATIONS = [
    Operation(method, path, told) for path, methods in document()["paths"].items() for method, told in methods.items()
]


class Program:
    def __init__(self, who: str, account: Account | None) -> None:
        self.who, self.client, self.headers = who, Client(raise_request_exception=False), {}
        if account is not None:
            if account.kind == Account.Kind.OFFICER:
                has_app = {"user_id": account.pk, "type": Authenticator.Type.TOTP}
                Authenticator.objects.get_or_create(**has_app, defaults={"data": {"secret": "x"}})
            self.headers["Authorization"] = (
                f"Bearer {make_token(name='x', scope='act', days=7, by=account.actor).key}"
            )

    def ask(self, operation: Operation, address: str):
        content = operation.content()
        if operation.method == "put" and "content_type" not in content:
            content = {}
        return getattr(self.client, operation.method)(address, headers=self.headers, **content)


def programs(people) -> Iterator[Program]:
    for who, account in people.items():
        yield Program(who, account())


def test_the_document_has_every_operation_and_the_public_ones_are_known():
    routes = {route.name.removeprefix("api:") for route in ROUTES if route.for_programs}
    assert routes == {one.name for one in OPERATIONS} | {"nothing-here"}
    assert {one.name for one in OPERATIONS if not one.told["security"]} == PUBLIC.keys()


def test_without_a_token_that_holds_a_program_is_told_to_bring_one(world):
    faults = []
    for program in (Program("nobody", None), Program("a forger", None)):
        program.headers = {"Authorization": "Bearer satu_forged"} if program.who == "a forger" else {}
        for operation in OPERATIONS:
            if operation.name in PUBLIC:
                continue
            answer = program.ask(operation, next(operation.addresses(world)))
            if (answer.status_code, answer["Content-Type"]) != (401, "application/problem+json"):
                faults.append(f"{operation.name}: {answer.status_code}")
    assert faults == []


def test_a_wrong_program_gets_nothing_and_changes_nothing(world):
    faults = []
    for program in programs(WRONG):
        before = rows()
        for operation in OPERATIONS:
            if operation.name in PUBLIC or not set(operation.places) - COMMON:
                continue
            for address in operation.addresses(world):
                answer = program.ask(operation, address)
                allowed = {403, 404} if program.headers else {401}
                if answer.status_code not in allowed or leaks(answer, world):
                    told = leaks(answer, world) or answer.content.decode()[:200]
                    faults.append(f"{program.who} at {operation.name}: {answer.status_code} {told}")
        if touched := changed(before, rows()):
            faults.append(f"{program.who} changed {touched}")
    assert faults == []


def test_what_is_everybodys_own_shows_nothing_of_hers(world):
    faults = []
    for program in programs(WRONG):
        for operation in OPERATIONS:
            if operation.method != "get" or set(operation.places) - COMMON or operation.name in PUBLIC:
                continue
            for address in operation.addresses(world):
                answer = program.ask(operation, address)
                if answer.status_code >= 500 or leaks(answer, world):
                    faults.append(f"{program.who} at {operation.name}: {answer.status_code} {leaks(answer, world)}")
    assert faults == []


def test_each_kind_of_account_has_its_operations(world):
    """As on the pages: a resident has no desk, and an officer no requests of her own."""
    faults = []
    for program, other in zip(programs(RIGHT), ("officer", "resident"), strict=True):
        for operation in OPERATIONS:
            if operation.told["x-for"] == other:
                answer = program.ask(operation, next(operation.addresses(world)))
                if answer.status_code != 403:
                    faults.append(f"{program.who} at {operation.name}: {answer.status_code}")
    assert faults == []


def test_what_only_looks_can_do_nothing_else(world):
    """A token that may only look is told so by everything that acts."""
    siti, rina = (account() for account in RIGHT.values())
    faults = []
    for account, kinds in ((siti, {"resident", "anyone"}), (rina, {"officer", "anyone"})):
        program = Program("looks only", account)
        program.headers["Authorization"] = (
            f"Bearer {make_token(name='x', scope='read', days=7, by=account.actor).key}"
        )
        before = rows()
        for operation in OPERATIONS:
            if operation.told["x-scope"] == "act" and operation.told["x-for"] in kinds:
                answer = program.ask(operation, next(operation.addresses(world)))
                if (answer.status_code, answer.json()["code"]) != (403, "scope-too-small"):
                    faults.append(f"{operation.name}: {answer.status_code}")
        if touched := changed(before, rows()):
            faults.append(f"changed {touched}")
    assert faults == []


def test_nothing_of_the_interface_is_a_page():
    client = Client(raise_request_exception=False)
    for method, address, status in (
        ("get", "/api/v1/nothing", 404),
        ("get", "/api/v1/cases/not-an-id", 404),
        ("get", "/api/v1/", 404),
        ("delete", "/api/v1/me", 405),
        ("get", "/api/v1/services?q=%00", 400),
        ("get", "/api/v1/services?limit=0", 422),
    ):
        answer = getattr(client, method)(address)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), address
        assert answer.json()["status"] == status
