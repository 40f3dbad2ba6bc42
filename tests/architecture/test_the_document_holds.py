"""The interface for programs, asked whatever its document allows and much that it forbids (schemathesis).

In this process, without a socket, and each run asks the same. A fault of ours, an answer that the document does not
describe, something forbidden that was taken, or something done without a token: each of these fails.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from satu.api.openapi import document
from satu.demo.systems.tests.scanner import running_scanner
from satu.identity import tokens
from tests.architecture.test_the_wrong_person import RIGHT, World, _made, _officer
from tests.architecture.test_the_wrong_program import Program

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
    checks.ignored_auth,
]
#: How often each operation is asked, with what it allows and with what it forbids.
EXAMPLES = 5
NOTHING_WRITTEN = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def world(db: None, tmp_path, monkeypatch) -> Iterator[World]:
    monkeypatch.setattr(tokens, "PER_MINUTE", 1_000_000)
    monkeypatch.setattr(tokens, "FAILURES_PER_ADDRESS", 1_000_000)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # as Django's own test client does
    try:
        with running_scanner(tmp_path, monkeypatch):
            yield _made()
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def callers(world: World) -> dict[str, Program]:
    """Whom each operation is asked by: by its part, where a duty of its own has it, or by whom it is for."""
    siti, rina = (account() for account in RIGHT.values())
    known = {"resident": Program("Siti", siti), "officer": Program("Rina", rina)}
    for part, agency, duties in (
        ("Licences", "dpmptsp", ["licensing"]),
        ("City hall", "setda", ["city-hall"]),
        ("Set-up of the city", "diskominfo", ["city-admin", "integrator"]),
    ):
        known[part] = Program(part, _officer(duties[0], agency=agency, duties=duties, areas=[]))
    return known | {"anyone": known["resident"], "public": Program("nobody", None)}


#: What does not come about with a world as it is and contents as they come, and why. Other tests bring it about.
NOT_DONE_HERE = {
    "ask_for_new_bill": "no bill of a request has lapsed",
    "decline_offer": "the offer is taken before",
    "verify_address": "no code comes by chance",
    "read_objection": "nothing is refused",
    "object_to_refusal": "nothing is refused",
    "reopen_case": "nothing is refused",
    "resend_case": "the first request is issued",
    "withdraw_case": "the first request is issued",
    "write_message": "the first request is issued",
    "send_file": "the first request asks for no file",
    "remove_file": "the photo is an officer's",
    "remove_address": "another address has taken its place before",
    "prove_access": "nothing is sealed without a worker",
    "decide_task": "no decision with its reason comes by chance",
    "send_task_file": "no photo comes by chance",
    "find_people": "no reason comes by chance",
    "open_inquiry": "nobody was searched for",
    "open_share": "no secret comes by chance",
    "download_shared": "no secret comes by chance",
    "add_officer": "she is no administrator",
    "change_rights": "she is no administrator",
    "list_officer_changes": "she is no administrator",
    "list_officers": "she is no administrator",
    "read_officer": "she is no administrator",
    "invite_officer": "she is no administrator",
    "suspend_officer": "she is no administrator",
    "resume_officer": "she is no administrator",
    "read_workload": "she is no administrator",
    "read_report": "she works for one kelurahan, and reports go to who works for the city",
    "answer_report": "she works for one kelurahan, and reports go to who works for the city",
    "take_task": "the first task is decided",
    "try_service": "nobody is invented",
    "enter_absence": "the days of the example may be over",
}


def test_every_operation_answers_as_the_document_says(world):
    asked = schemathesis.openapi.from_dict(deepcopy(document()))
    asked.app = get_wsgi_application()
    known, seen = callers(world), {}
    for operation in (found.ok() for found in asked.get_all_operations()):
        told = operation.definition.raw
        program = known["public"] if told["x-for"] == "public" else known.get(told["tags"][0], known[told["x-for"]])
        places = {one["name"]: world.things[one["name"]][0] for one in told["parameters"] if one["in"] == "path"}
        seen[told["operationId"]] = _asked(operation, places, program.headers | {"Accept-Encoding": "identity"})
    assert {name for name, statuses in seen.items() if min(statuses) >= 300} <= NOT_DONE_HERE.keys()


def _asked(operation: Any, places: Mapping[str, str], headers: Mapping[str, str]) -> set[int]:
    """The statuses that came: first with the document's own example, then with what it allows and what it forbids.

    What has nothing to be wrong in it is not asked wrongly.
    """
    statuses: set[int] = set()
    told = operation.definition.raw
    example = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    if example is not None:
        case = operation.Case(path_parameters=places, body=example, media_type="application/json")
        statuses.add(case.call_and_validate(headers=headers, checks=CHECKS).status_code)
    may_be_wrong = len(told["parameters"]) > len(places) or "requestBody" in told
    for mode in (GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if may_be_wrong else [])):

        @NOTHING_WRITTEN
        @given(case=operation.as_strategy(generation_mode=mode, path_parameters=places))
        def ask(case: Any) -> None:
            statuses.add(case.call_and_validate(headers=headers, checks=CHECKS).status_code)

        ask()
    return statuses
