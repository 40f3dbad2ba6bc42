"""No code path reads a person's fact without the pull, and no pull returns before its ledger entry is durable.

First on the code as it is written: who can reach the register, the connectors and the drivers at all. Then on the
code as it runs: what the hub gives out, and whether the entry was there before.
"""

import ast
import inspect
import re
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from satu.hub import actions, announced, formatting, purposes, queries
from satu.hub.catalogue import the_catalogue
from satu.hub.tests.conftest import ledger_entries
from satu.hub.tests.register import ADI_NIK, SITI_NIK, register_sitis_family
from satu.hub.types import Found, Subject
from satu.identity.types import Actor
from satu.kernel.city import Label
from satu.kernel.identifiers import Nik
from satu.registry.search.actions import rebuild

SOURCE = Path(__file__).resolve().parents[2] / "src" / "satu"
#: Parts that may reach the register without the hub, and why.
EXCEPTED = {
    "satu.registry": "it is the register",
    "satu.demo": "it makes the demonstration's people, before anybody can look at them",
    "satu.civil": "it changes the register when an officer has decided, and prints the cards that follow",
    "satu.config": "it names the packages to Django and starts processes; no page or job lives there",
}


def excepted(module: str) -> bool:
    return any(module == part or module.startswith(part + ".") for part in EXCEPTED)


@cache
def sources() -> Mapping[str, str]:
    """Every module outside tests and migrations, by its dotted name."""
    files = [p for p in SOURCE.rglob("*.py") if not {"tests", "migrations"} & set(p.relative_to(SOURCE).parts)]
    return {
        ".".join(["satu", *path.relative_to(SOURCE).with_suffix("").parts]).removesuffix(".__init__"): path.read_text(
            encoding="utf-8"
        )
        for path in files
    }


def imports(module: str) -> Iterator[str]:
    """Everything that a module imports, anywhere in it, as ``package.module.name``."""
    for node in ast.walk(ast.parse(sources()[module])):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively; this test does not follow that"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importers(target: str) -> dict[str, set[str]]:
    """Who imports ``target`` or anything in it, and what exactly."""
    found: dict[str, set[str]] = {}
    for module in sources():
        wanted = {name for name in imports(module) if name == target or name.startswith(target + ".")}
        if wanted and not module.startswith(target):
            found[module] = wanted
    return found


def test_only_the_hub_reaches_the_register():
    reached = {module: names for module, names in importers("satu.registry").items() if not excepted(module)}
    assert reached == {
        "satu.hub.connectors.registry": {"satu.registry.queries"},
        "satu.hub.announced": {"satu.registry.queries.resident_by_nik", "satu.registry.queries.residents"},
        "satu.hub.actions": {"satu.registry.search.queries.search"},
        "satu.hub.areas": {  # areas only, of the city and not of a person
            f"satu.registry.areas.{name}" for name in ("KelurahanArea", "RtArea", "every_kelurahan", "find_rt")
        },
    }


def test_the_registers_tables_are_named_nowhere_else():
    """Raw SQL, ``get_model`` and such: whatever way, a table must be named to be read."""
    table = re.compile(r"registry_(resident|family|membership|code|area)|name_search_|get_model\(\s*[\"']registry")
    named = [module for module, text in sources().items() if table.search(text) and not excepted(module)]
    assert named == []


def test_only_the_pull_reaches_the_connected_systems():
    """And telling, which writes each message into the access ledger, and of whom it asks learns yes or no."""
    assert set(importers("satu.hub.pulling")) == {"satu.hub.actions"}
    assert set(importers("satu.hub.asking")) == {"satu.hub.pulling", "satu.hub.health", "satu.hub.telling"}
    outside = {module for module in importers("satu.hub.connectors") if not module.startswith("satu.hub.connectors.")}
    assert outside == {"satu.hub.asking", "satu.hub.telling"}
    assert importers("satu.hub.connectors")["satu.hub.telling"] == {
        f"satu.hub.connectors.base.{name}" for name in ("Message", "Refusal", "Trouble")
    }


def test_health_takes_from_the_lines_only_how_they_answer():
    """It imports ``asking`` to see the breakers; it must not ask."""
    names = {n.attr for n in ast.walk(ast.parse(sources()["satu.hub.health"])) if isinstance(n, ast.Attribute)}
    assert names & {"ask", "ask_here", "fetch", "plan"} == set()


def test_drivers_of_foreign_systems_are_in_the_connectors_only():
    for driver in ("sqlalchemy", "pymysql"):
        outside = [m for m in importers(driver) if not m.startswith("satu.hub.connectors.") and not excepted(m)]
        assert outside == [], driver


#: Parts that send to the outside and read no fact of anybody there, and so know an address or a secret, too.
SENDERS = ("satu.messaging.ports", "satu.finance.ports", "satu.services.conversation.scanning")


def test_addresses_and_secrets_of_systems_are_looked_up_by_connectors_only():
    """Without its address nobody can ask a system; the others may only know whether a setting is there."""
    for module in importers("satu.kernel.endpoints"):
        used = {
            node.attr
            for node in ast.walk(ast.parse(sources()[module]))
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "endpoints"
        }
        if module != "satu.hub.connectors.base" and not module.startswith(SENDERS):
            assert used, module
            assert used <= {"is_set", "SettingMissing"}, module


def functions(module: ModuleType) -> set[str]:
    return {
        name
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) and thing.__module__ == module.__name__ and not name.startswith("_")
    }


def test_what_the_hub_offers_is_known_here():
    """A new function that gives out facts has to be added to the tests below, and so has to be thought about."""
    assert functions(actions) == {"pull", "find_people", "open_inquiry", "whom_may_act_for"}
    assert functions(purposes) == {"self_access", "inquiry", "for_case"}
    assert functions(announced) == {"who_was_announced"}
    assert functions(formatting) == {"show", "table"}


@pytest.fixture
def new_entries() -> Callable[[], list[SimpleNamespace]]:
    began = time.time()
    return lambda: ledger_entries(since=began)


@pytest.fixture
def siti(db) -> Actor:
    register_sitis_family()
    rebuild()
    return Actor(reference="account:1", kind="resident", name="Siti Aminah", nik=Nik(SITI_NIK))


@pytest.fixture
def budi() -> Actor:
    return Actor("account:2", "officer", "Budi", agency="dukcapil", duties=frozenset({"front-office"}))


def test_no_query_of_the_hub_touches_the_register(siti, budi):
    inquiry = purposes.inquiry(reason="counter-service", subject=Subject.person(Nik(SITI_NIK)), by=budi)
    dossier = actions.pull(
        about=Subject.person(Nik(SITI_NIK)),
        facts=["person.name"],
        purpose=purposes.self_access(siti),
        by=siti,
    )
    asked = {
        "facts_by_system": lambda: queries.facts_by_system(["person.name"]),
        "facts_about_person": queries.facts_about_person,
        "panels": lambda: queries.panels(dossier),
        "system_of": lambda: queries.system_of(dossier["person.name"]),
        "systems_health": queries.systems_health,
        "reasons_for": lambda: queries.reasons_for(budi),
        "inquiry_for": lambda: queries.inquiry_for(inquiry.reference, by=budi),
        "untold": queries.untold,
    }
    assert set(asked) == functions(queries)
    for name, ask in asked.items():
        with CaptureQueriesContext(connection) as captured:
            ask()
        assert not [q for q in captured.captured_queries if "registry_" in q["sql"]], name


def test_a_pull_that_returns_a_value_has_written_who_saw_it(siti, new_entries):
    facts = [key for key, fact in the_catalogue().facts.items() if fact.subject in {"person", "family"}]
    before = len(new_entries())
    dossier = actions.pull(
        about=Subject.person(Nik(SITI_NIK)), facts=facts, purpose=purposes.self_access(siti), by=siti
    )
    (entry,) = new_entries()[before:]
    assert entry.dossier_id == str(dossier.id)
    assert entry.facts == facts
    seen = dict(zip(entry.facts, entry.outcomes, strict=True))
    assert {outcome.fact for outcome in dossier if isinstance(outcome, Found)} == {
        fact for fact, outcome in seen.items() if outcome == "found"
    }
    assert "found" in seen.values()


def test_acting_for_another_is_written_in_both_ledgers(siti, new_entries):
    purpose = purposes.for_case(
        reference="case:1", label=Label("Uji", "Test"), legal_basis="-", facts=["person.name", "family.members"]
    )
    before = len(new_entries())
    (adi,) = actions.whom_may_act_for(relations=["child"], purpose=purpose, by=siti)
    (looked,) = new_entries()[before:]
    assert (looked.subject_key, looked.facts) == (SITI_NIK, ["family.members"])
    actions.pull(about=adi.subject, facts=["person.name"], purpose=purpose, by=siti)
    entries = {(entry.subject_key, tuple(entry.facts)) for entry in new_entries()[before + 1 :]}
    assert entries == {(SITI_NIK, ("family.members",)), (ADI_NIK, ("person.name",))}


def test_the_name_box_has_written_whom_it_showed(siti, budi, new_entries):
    before = len(new_entries())
    hits = actions.find_people(text="siti", reason="counter-service", by=budi).hits
    assert hits
    assert [entry.subject_key for entry in new_entries()[before:]] == [hit.subject.key for hit in hits]


@pytest.fixture
def ledger_that_fails_at_commit(siti):
    """The entry can be written; the transaction it is in cannot be committed. As a full disk would have it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_commit() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'cannot commit' USING ERRCODE = 'disk_full'; END $$;"
            "CREATE CONSTRAINT TRIGGER no_commit AFTER INSERT ON ledger_entry "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION no_commit()"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER no_commit ON ledger_entry; DROP FUNCTION no_commit()")


@pytest.mark.django_db(transaction=True)
def test_when_the_entry_is_not_durable_nothing_is_released(siti, budi, ledger_that_fails_at_commit, new_entries):
    with pytest.raises(DatabaseError, match="cannot commit"):
        actions.pull(
            about=Subject.person(Nik(SITI_NIK)),
            facts=["person.name"],
            purpose=purposes.self_access(siti),
            by=siti,
        )
    with pytest.raises(DatabaseError, match="cannot commit"):
        actions.find_people(text="siti", reason="counter-service", by=budi)
    assert new_entries() == []


@pytest.mark.django_db(transaction=True)
def test_inside_an_open_transaction_nothing_is_released(siti, budi):
    """It could be rolled back after the facts are out, and the entry with it."""
    with transaction.atomic():
        with pytest.raises(RuntimeError, match="durable"):
            actions.pull(
                about=Subject.person(Nik(SITI_NIK)),
                facts=["person.name"],
                purpose=purposes.self_access(siti),
                by=siti,
            )
        with pytest.raises(RuntimeError, match="durable"):
            actions.whom_may_act_for(
                relations=["child"],
                purpose=purposes.for_case(reference="", label=Label("", ""), legal_basis="", facts=[]),
                by=siti,
            )
        with pytest.raises(RuntimeError, match="durable"):
            actions.find_people(text="siti", reason="counter-service", by=budi)
