"""What a citizen had to type is hers: kept, offered again with when she said it, never used by itself."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.db import IntegrityError
from django.test import Client

from satu.hub import asking
from satu.identity.actions import open_resident_account
from satu.identity.types import Actor
from satu.kernel.citydata import CityDataError
from satu.kernel.errors import InvalidInput, Missing
from satu.messaging.queries import inbox_of
from satu.portal.tests.reading import Reader
from satu.services import actions, queries
from satu.services.conversation.models import Declaration
from satu.services.models import Case, Task
from satu.services.packages import Loader
from satu.services.types import CaseView, InvalidAnswers, PreviewFact, TaskView
from tests.journeys import applying, residents
from tests.journeys.conftest import Town
from tests.journeys.test_sktm import PURPOSE, RINA, decide, down, the_task

pytestmark = pytest.mark.usefixtures("town", "register", "declaring")


def declare(city: Path, key: str) -> None:
    file = city / "services" / "sktm" / "service.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count("  - key: purpose\n") == 1
    file.write_text(text.replace("  - key: purpose\n", f"  - key: purpose\n    declares: {key}\n"), encoding="utf-8")


@pytest.fixture
def declaring(as_the_city: Path) -> None:
    declare(as_the_city, "person.wish")


@pytest.fixture
def siti() -> Actor:
    return residents.resident()


def sent(siti: Actor, purpose: str = PURPOSE["purpose"]) -> UUID:
    draft = applying.begin(service="sktm", by=siti)
    return applying.send(case_id=draft.id, answers={"purpose": purpose}, by=siti).id


def test_it_is_kept_and_an_officer_who_approves_has_verified_it(siti):
    case = sent(siti)
    (said,) = queries.declarations_of(siti)
    assert (said.key, said.value, said.verified_at) == ("person.wish", PURPOSE["purpose"], None)
    decide("approve")
    (said,) = queries.declarations_of(siti)
    assert (said.verified_by, said.case_id) == ("Kelurahan", case)
    assert Declaration.objects.get().verified_by_name == "Rina Marlina"


def test_an_officer_who_refuses_or_sends_back_has_verified_nothing(siti):
    case = sent(siti)
    decide("correction", "Tuliskan untuk anak yang mana surat ini.")
    actions.resubmit_case(case_id=case, answers={"purpose": "beasiswa anak kedua"}, by=siti)
    assert [said.value for said in queries.declarations_of(siti)] == ["beasiswa anak kedua"]
    decide("refuse", "Keluarga ini tidak tergolong tidak mampu.")
    assert Declaration.objects.filter(verified_at=None).count() == 2


def test_it_is_offered_next_time_and_never_used_by_itself(siti):
    sent(siti)
    page = browser(siti).open("/layanan/sktm/").send("/ajukan/")
    assert page.form("/kirim/").fields["purpose"] == PURPOSE["purpose"]
    assert "Anda menyatakan ini pada" in page.text
    assert queries.case_for(UUID(page.path.split("/")[2]), by=siti).questions[0].answer == ""
    empty = page.send("/kirim/", purpose="")
    assert empty.status == 422
    assert Declaration.objects.count() == 1


def test_in_her_data_it_stands_as_her_own_word(siti):
    sent(siti)
    page = browser(siti).open("/data-saya/")
    assert "Anda yang menyatakan" in page.text
    assert "belum diperiksa" in page.text
    assert PURPOSE["purpose"] in page.text


def test_nobody_else_has_it(siti):
    sent(siti)
    other = residents.resident(name="Orang Lain")
    assert queries.declarations_of(other) == []
    draft = applying.begin(service="sktm", by=other)
    assert queries.declared_for(draft.id, by=other) == {}
    with pytest.raises(Missing):
        queries.declared_for(draft.id, by=siti)


def test_what_was_stated_stays(siti):
    sent(siti)
    row = Declaration.objects.get()
    row.value = "lain"
    with pytest.raises(IntegrityError, match="stays as it was made"):
        row.save()


def test_a_fact_of_the_catalogue_is_no_declaration(city_copy: Path, loader: Loader):
    file = city_copy / "services" / "sktm" / "service.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("declares: person.wish", "declares: person.name"), encoding="utf-8"
    )
    with pytest.raises(CityDataError, match="is a fact of the catalogue"):
        loader.load(file.parent)


def browser(siti: Actor) -> Reader:
    client = Client()
    client.force_login(open_resident_account(nik=siti.nik, name="Siti Aminah", password="x"))
    return Reader(client)


# --------------------------------------------------------------------------------- stated while a system is silent

FACT = "person.has_property_tax_arrears"
KEY = "declared_person_has_property_tax_arrears"


@pytest.fixture
def stated(siti: Actor, town: Town) -> Callable[[str], UUID]:
    """A request in which she stated it, because Bapenda was silent."""

    def send(answer: str) -> UUID:
        with down(town, "pbb"):
            draft = applying.begin(service="sktm", by=siti)
            sent = applying.send(case_id=draft.id, answers=PURPOSE | {KEY: answer}, by=siti)
        asking.stop()  # the hub has not met it yet
        return sent.id

    return send


def the_fact(of: CaseView | TaskView) -> PreviewFact:
    return next(fact for fact in of.facts if fact.fact == FACT)


def test_while_bapenda_is_silent_she_states_it_and_bapenda_confirms_it_later(siti, town):
    reader = browser(siti)
    with down(town, "pbb"):
        page = reader.open("/layanan/sktm/").send("/ajukan/")
        assert "sedang tidak menjawab" in page.text
        assert f'name="{KEY}"' in page.html
        assert KEY not in page.form("/kirim/").fields  # nothing is chosen for her
        receipt = page.send("/kirim/", purpose="biaya sekolah", **{KEY: "no"})
    asking.stop()
    assert "pernyataan Anda, belum dicocokkan" in receipt.text
    task = actions.open_task(task_id=the_task(), by=RINA)
    assert (the_fact(task).outcome, the_fact(task).shown) == ("declared", "Tidak")
    decide("approve")
    case = queries.cases_of(siti)[0]
    actions.advance_case(case_id=case.id)  # a worker would look after what is owed, too
    said = Declaration.objects.get(key=FACT)
    assert (said.value, said.verified_at) == ("no", None)  # hers to state, Bapenda's to confirm
    assert actions.reconcile_pending() == 1
    said.refresh_from_db()
    assert (said.verified_by, said.verified_agency) == ("system:pbb", "bapenda")
    later = queries.case_for(case.id, by=siti)
    assert (later.state, the_fact(later).outcome, the_fact(later).declared) == ("issued", "found", "")
    assert not Task.objects.filter(state="open").exists()


def test_what_differs_is_told_to_her_and_stands_at_the_officers_task(siti, stated):
    account = open_resident_account(nik=siti.nik, name=siti.name, password="x")
    case = stated("yes")
    assert actions.reconcile_pending() == 1
    assert actions.reconcile_pending() == 0
    fact = the_fact(actions.open_task(task_id=the_task(), by=RINA))
    assert (fact.outcome, fact.shown, fact.declared) == ("found", "Tidak", "Ya")
    assert [str(one.subject)[:30] for one in inbox_of(account.actor)] == ["Ada data yang berbeda dari pern"[:30]]
    assert queries.case_for(case, by=siti).timeline[-3].kind == "fact_arrived"
    assert Declaration.objects.get(key=FACT).verified_at is None


def test_what_differs_after_the_decision_becomes_a_task_of_its_own(siti, stated):
    case = stated("yes")
    decide("approve")
    actions.advance_case(case_id=case)
    actions.reconcile_pending()
    task = the_task()
    opened = actions.open_task(task_id=task, by=RINA)
    assert opened.decisions == ("noted",)
    assert the_fact(opened).declared == "Ya"
    with pytest.raises(InvalidInput):
        actions.decide_task(task_id=task, decision="approve", reason="", by=RINA)
    for _twice in range(2):
        actions.decide_task(task_id=task, decision="noted", reason="", by=RINA)
    assert queries.queue_of(RINA).items == ()
    assert queries.case_for(case, by=siti).state == "issued"


def test_sent_back_it_is_asked_again_only_while_the_system_is_silent(siti, town, stated):
    case = stated("yes")
    decide("correction", "Tuliskan untuk anak yang mana surat ini.")
    back = queries.case_for(case, by=siti)
    assert [one.answer for one in back.questions if one.key == KEY] == ["yes"]
    actions.resubmit_case(case_id=case, answers=PURPOSE | {KEY: "yes"}, by=siti)
    again = queries.case_for(case, by=siti)
    assert (the_fact(again).outcome, the_fact(again).shown) == ("found", "Tidak")
    assert "differs" in str(Case.objects.get(pk=case).events.get(kind="fact_arrived").detail)
    assert actions.reconcile_pending() == 0


def test_a_required_fact_has_to_be_stated_and_what_comes_uncalled_is_not_read(siti, town, as_the_city):
    file = as_the_city / "services" / "sktm" / "service.yaml"
    text = file.read_text(encoding="utf-8")
    old = f"{{fact: {FACT}, required: false, "
    assert text.count(old) == 1
    file.write_text(text.replace(old, f"{{fact: {FACT}, "), encoding="utf-8")
    draft = applying.begin(service="sktm", by=siti)
    assert [one.key for one in draft.questions] == ["purpose"]
    with down(town, "pbb"):
        Case.objects.filter(pk=draft.id).update(dossier=None)
        draft = applying.begin(service="sktm", by=siti)
        assert draft.may_submit
        for wrong in ("", "perhaps"):
            with pytest.raises(InvalidAnswers) as caught:
                applying.send(case_id=draft.id, answers=PURPOSE | {KEY: wrong}, by=siti)
            assert set(caught.value.errors) == {KEY}
    asking.stop()
    sent_now = applying.send(case_id=draft.id, answers=PURPOSE | {KEY: "yes"}, by=siti)
    assert (the_fact(sent_now).outcome, the_fact(sent_now).shown) == ("found", "Tidak")
    assert not Declaration.objects.filter(key=FACT).exists()
