import asyncio
import logging
import time
from datetime import date, timedelta

import pytest
from aiohttp import web
from django.db import connection, transaction
from django.utils import timezone

from satu.hub import asking, breaker
from satu.hub.actions import pull
from satu.hub.catalogue import UnknownFact, the_catalogue
from satu.hub.connectors.base import Question, Trouble
from satu.hub.mapping import Records
from satu.hub.purposes import self_access
from satu.hub.queries import systems_health
from satu.hub.tests import offices
from satu.hub.tests.conftest import NIK, SITI, case, change
from satu.hub.types import Ambiguous, Found, NotFound, Refused, Subject, Unavailable
from satu.kernel.errors import InvalidInput

pytestmark = pytest.mark.django_db
_SLACK = 5.0  # seconds; of a busy machine. What hangs here hangs for a minute.


def test_a_pull_answers_each_fact_in_the_order_asked(alpha, beta, siti):
    facts = ("person.decile", "person.name", "person.birth_date")
    dossier = pull(about=SITI, facts=facts, purpose=case(*facts), by=siti)
    assert tuple(outcome.fact for outcome in dossier) == facts
    assert dossier.found() == {"person.decile": 3, "person.name": "Siti Aminah", "person.birth_date": "1991-06-05"}
    assert dossier["person.name"].provenance.record == "A1"


def test_a_system_is_called_once_however_many_facts_it_answers(alpha, siti):
    facts = ("person.name", "person.birth_date", "person.age", "person.is_adult")
    pull(about=SITI, facts=facts, purpose=case(*facts), by=siti)
    assert alpha.calls == 1


def test_systems_are_asked_all_at_once(alpha, beta, siti):
    alpha.seconds = beta.seconds = 0.2
    dossier = pull(about=SITI, facts=["person.name", "person.decile"], purpose=self_access(siti), by=siti)
    assert len(dossier.found()) == 2
    assert max(alpha.arrivals + beta.arrivals) < min(alpha.answers + beta.answers)


def test_what_a_purpose_does_not_allow_is_refused_and_nobody_is_asked(alpha, beta, siti, new_entries):
    dossier = pull(about=SITI, facts=["person.name", "person.decile"], purpose=case("person.name"), by=siti)
    refused = dossier["person.decile"]
    assert isinstance(refused, Refused)
    assert refused.system == "beta"
    assert beta.calls == 0
    assert new_entries()[0].outcomes == ["found", "refused"]


def test_a_refused_derived_fact_asks_nobody_for_its_inputs(alpha, siti):
    dossier = pull(about=SITI, facts=["person.is_adult"], purpose=case("person.birth_date"), by=siti)
    assert isinstance(dossier["person.is_adult"], Refused)
    assert alpha.calls == 0


@pytest.mark.parametrize(
    ("habit", "reason"),
    [
        (offices.hangs, "deadline"),
        (offices.trickles, "deadline"),
        (offices.trickles_its_head, "deadline"),
        (offices.talks_nonsense, "bad-reply"),
        (offices.hangs_up, "bad-reply"),
        (offices.breaks_off, "bad-reply"),
        (offices.never_ends, "bad-reply"),
    ],
)
def test_whatever_a_system_does_the_deadline_holds_and_the_others_are_heard(rude, beta, siti, habit, reason):
    rude("ALPHA_URL", habit)
    started = time.monotonic()
    dossier = pull(about=SITI, facts=["person.name", "person.decile"], purpose=self_access(siti), by=siti)
    assert time.monotonic() - started < 1.2 + _SLACK
    outcome = dossier["person.name"]
    assert isinstance(outcome, Unavailable)
    assert outcome.reason == reason
    assert isinstance(dossier["person.decile"], Found)


@pytest.mark.parametrize(
    ("status", "says", "expected"),
    [
        (500, {}, "error"),
        (403, {}, "error"),
        (302, {}, "error"),
        (200, "a text", "bad-reply"),
        (200, ["a", "b"], "bad-reply"),
        (200, {"other": 1}, "bad-reply"),
        (200, {"id": 1, "name": {"first": "S"}, "born": "1991-06-05", "phone": None}, "bad-reply"),
        (200, {"id": 1, "name": "x\x00y", "born": "1991-06-05", "phone": None}, "bad-reply"),
    ],
)
def test_an_answer_that_cannot_be_used_is_unavailable(alpha, siti, status, says, expected):
    alpha.status, alpha.says = status, says
    outcome = pull(about=SITI, facts=["person.name"], purpose=self_access(siti), by=siti)["person.name"]
    assert isinstance(outcome, Unavailable)
    assert outcome.reason == expected


def test_one_spoilt_value_does_not_spoil_the_others(alpha, siti):
    alpha.says = {"id": 1, "name": "Siti", "born": "31 February", "phone": None}
    dossier = pull(about=SITI, facts=["person.name", "person.birth_date"], purpose=self_access(siti), by=siti)
    assert isinstance(dossier["person.name"], Found)
    assert isinstance(dossier["person.birth_date"], Unavailable)


def test_a_system_without_its_setting_is_unavailable_and_health_names_the_setting(small_city, siti):
    outcome = pull(about=SITI, facts=["person.name"], purpose=self_access(siti), by=siti)["person.name"]
    assert isinstance(outcome, Unavailable)
    assert outcome.reason == "unreachable"
    assert {s.system: s.settings_missing for s in systems_health()}["alpha"] == ("ALPHA_URL",)


def test_a_port_where_nobody_listens_is_unreachable(alpha, opened, siti):
    opened.remove(alpha)
    alpha.close()
    outcome = pull(about=SITI, facts=["person.name"], purpose=self_access(siti), by=siti)["person.name"]
    assert isinstance(outcome, Unavailable)
    assert outcome.reason == "unreachable"


def test_not_there_is_not_found(alpha, beta, siti):
    alpha.status = 404
    beta.says = {"people": []}
    dossier = pull(about=SITI, facts=["person.name", "person.decile"], purpose=self_access(siti), by=siti)
    assert [type(outcome) for outcome in dossier] == [NotFound, NotFound]


def test_two_records_of_one_person_are_ambiguous(beta, siti):
    beta.says["people"] *= 2
    outcome = pull(about=SITI, facts=["person.decile"], purpose=self_access(siti), by=siti)["person.decile"]
    assert isinstance(outcome, Ambiguous)
    assert outcome.candidates == 2


def test_a_value_older_than_the_catalogue_allows_says_so(beta, siti):
    def decile() -> Found:
        outcome = pull(about=SITI, facts=["person.decile"], purpose=self_access(siti), by=siti)["person.decile"]
        assert isinstance(outcome, Found)
        return outcome

    assert decile().provenance.too_old
    assert timezone.localdate(decile().provenance.as_of) == date(2020, 1, 1)
    beta.says["people"][0]["seen"] = (timezone.localdate() - timedelta(days=3)).strftime("%d/%m/%Y")
    assert not decile().provenance.too_old


def test_the_second_source_is_asked_only_when_the_first_is_down(alpha, beta, siti):
    beta.says["people"][0]["phone"] = "0899"
    facts, purpose = ["person.phone"], self_access(siti)
    assert pull(about=SITI, facts=facts, purpose=purpose, by=siti).found() == {"person.phone": "0899"}
    assert alpha.calls == 0
    beta.status = 503
    assert pull(about=SITI, facts=facts, purpose=purpose, by=siti).found() == {"person.phone": "0812"}


def test_no_second_source_is_asked_when_the_first_knows_nothing(alpha, beta, siti):
    outcome = pull(about=SITI, facts=["person.phone"], purpose=self_access(siti), by=siti)["person.phone"]
    assert isinstance(outcome, NotFound)
    assert outcome.system == "beta"
    assert alpha.calls == 0


def test_a_derived_fact_releases_the_answer_and_nothing_else(alpha, siti, caplog, capfd, new_entries):
    with caplog.at_level(logging.DEBUG):
        dossier = pull(about=SITI, facts=["person.is_adult"], purpose=case("person.is_adult"), by=siti)
    assert dossier.found() == {"person.is_adult": True}
    (entry,) = new_entries()
    assert entry.facts == ["person.is_adult"]
    assert entry.systems == ["alpha"]
    everything = repr(dossier) + caplog.text + "".join(capfd.readouterr())
    assert "1991" not in everything
    assert "person.birth_date" not in everything


def test_a_derived_fact_follows_todays_date(alpha, siti):
    alpha.says["born"] = timezone.localdate().replace(year=timezone.localdate().year - 17).isoformat()
    assert pull(about=SITI, facts=["person.is_adult"], purpose=self_access(siti), by=siti).found() == {
        "person.is_adult": True
    }
    alpha.says["born"] = (date.fromisoformat(alpha.says["born"]) + timedelta(days=1)).isoformat()
    assert pull(about=SITI, facts=["person.is_adult"], purpose=self_access(siti), by=siti).found() == {
        "person.is_adult": False
    }


def test_a_derived_fact_shares_the_trouble_of_its_inputs(alpha, beta, siti):
    beta.status = 500
    alpha.status = 404
    facts = ["person.is_adult", "person.needs_help"]
    dossier = pull(about=SITI, facts=facts, purpose=self_access(siti), by=siti)
    assert isinstance(dossier["person.is_adult"], NotFound)
    help_needed = dossier["person.needs_help"]
    assert isinstance(help_needed, Unavailable)
    assert (help_needed.fact, help_needed.system, help_needed.reason) == ("person.needs_help", "beta", "error")


def test_a_system_that_keeps_failing_is_left_in_peace_for_a_moment(alpha, siti, monkeypatch):
    monkeypatch.setattr(breaker, "PEACE", 0.3)

    def name() -> object:
        return pull(about=SITI, facts=["person.name"], purpose=self_access(siti), by=siti)["person.name"]

    alpha.status = 500
    for _ in range(breaker.FAILURES):
        name()
    assert alpha.calls == breaker.FAILURES
    skipped = name()
    assert isinstance(skipped, Unavailable)
    assert skipped.reason == "error"
    assert alpha.calls == breaker.FAILURES
    alpha.status = 200
    time.sleep(0.35)
    assert isinstance(name(), Found)
    assert isinstance(name(), Found)


def test_every_pull_is_in_the_ledger_with_its_purpose_and_without_values(alpha, siti, new_entries):
    dossier = pull(about=SITI, facts=["person.name"], purpose=case("person.name"), by=siti)
    (entry,) = new_entries()
    assert entry.dossier_id == str(dossier.id)
    assert (entry.actor, entry.purpose_reference, entry.facts) == ("account:1", "DOM-1", ["person.name"])
    entry.actor_name = ""
    assert "Siti Aminah" not in str(vars(entry))


def test_without_the_ledger_entry_there_is_no_dossier(alpha, siti):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = 'disk_full'; END $$;"
            "CREATE TRIGGER no_room BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION disk_full()"
        )
    with pytest.raises(Exception, match="disk full"):
        pull(about=SITI, facts=["person.name"], purpose=self_access(siti), by=siti)


@pytest.mark.django_db(transaction=True)
def test_nobody_is_asked_while_a_transaction_is_open(alpha, siti):
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        pull(about=SITI, facts=["person.name"], purpose=self_access(siti), by=siti)
    assert alpha.calls == 0


def test_a_fact_that_nobody_listed_is_a_programs_mistake(small_city, siti):
    with pytest.raises(UnknownFact):
        pull(about=SITI, facts=["person.shoe_size"], purpose=self_access(siti), by=siti)


def test_a_persons_fact_is_not_asked_about_a_parcel(small_city, siti):
    with pytest.raises(InvalidInput):
        pull(about=Subject("parcel", "36.71.1"), facts=["person.name"], purpose=self_access(siti), by=siti)


def test_neither_numbers_nor_secrets_reach_a_log(alpha, beta, siti, caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        pull(about=SITI, facts=["person.name", "person.decile"], purpose=self_access(siti), by=siti)
        beta.status = 500
        alpha.says = {"name": NIK.value}
        pull(about=SITI, facts=["person.name", "person.decile"], purpose=self_access(siti), by=siti)
    written = caplog.text + "".join(capfd.readouterr())
    assert "hub.trouble" in written
    assert NIK.value not in written
    assert "Siti" not in written


def test_a_connection_is_kept_open_between_pulls(alpha, siti):
    ports = set()

    async def note(request):
        ports.add(request.transport.get_extra_info("peername")[1])
        return web.json_response(alpha.says)

    alpha.handler = note
    for _ in range(3):
        pull(about=SITI, facts=["person.name"], purpose=self_access(siti), by=siti)
    assert len(ports) == 1


def test_a_faulty_derivation_is_unavailable_and_shows_no_value(small_city, alpha, siti, capfd):
    change(small_city, "facts/all.yaml", "expression: person.age >= 17", "expression: person.age")
    outcome = pull(about=SITI, facts=["person.is_adult"], purpose=self_access(siti), by=siti)["person.is_adult"]
    assert isinstance(outcome, Unavailable)


def test_a_cookie_set_for_one_person_is_not_sent_for_the_next(alpha, siti):
    cookies = []

    async def set_cookie(request):
        cookies.append(request.headers.get("Cookie"))
        response = web.json_response(alpha.says)
        response.set_cookie("session", NIK.value)
        return response

    alpha.handler = set_cookie
    for _ in range(2):
        pull(about=SITI, facts=["person.name"], purpose=self_access(siti), by=siti)
    assert cookies == [None, None]


def test_a_system_that_hung_for_many_is_well_when_it_answers_again(alpha, siti, monkeypatch):
    """More questions are given up than the connections that are kept: none of these may stay taken."""
    monkeypatch.setattr(breaker, "FAILURES", 10_000)
    alpha.seconds = 30

    async def hurry() -> list[object]:
        line = asking.Line(the_catalogue().system("alpha"))
        operation = line.system.operations["person"]

        async def ask(seconds: float) -> object:
            try:
                return await line.ask(Question(operation, SITI, date(2026, 1, 1), time.monotonic() + seconds))
            except Trouble as trouble:
                return trouble.reason

        given_up = await asyncio.gather(*(ask(0.3) for _ in range(130)))
        alpha.seconds = 0
        answered = await asyncio.gather(*(ask(20) for _ in range(20)))
        await line.close()
        return [set(given_up), len([a for a in answered if isinstance(a, Records)])]

    assert asyncio.run(hurry()) == [{"deadline"}, 20]


def test_the_slowest_system_is_asked_first(alpha, beta, siti):
    beta.seconds = 0.1
    facts = ["person.name", "person.decile"]
    for _ in range(2):
        pull(about=SITI, facts=facts, purpose=self_access(siti), by=siti)
    lines = {line.system.code: line for line in asking.lines()}
    assert lines["beta"].breaker.usual > lines["alpha"].breaker.usual
    catalogue = the_catalogue()
    requests = asking.plan([(catalogue.fact(key), catalogue.system(catalogue.fact(key).sources[0])) for key in facts])
    pairs = [(request, lines[request.system.code]) for request in requests]
    assert [request.system.code for request, _line in asking._slowest_first(pairs)] == ["beta", "alpha"]
