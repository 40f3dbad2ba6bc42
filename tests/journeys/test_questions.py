"""Questions that depend on facts and answers, that choose among what is known, and that find an address."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from satu.identity.actions import open_resident_account
from satu.identity.types import Actor
from satu.portal.tests.reading import Reader
from satu.services import queries
from satu.services.models import Case, Snapshot
from satu.services.types import CaseView, InvalidAnswers
from tests.journeys import applying, residents
from tests.journeys.changed_city import another_service

pytestmark = pytest.mark.usefixtures("town", "register", "moving")
Work = Callable[[], None]

QUESTIONS = """questions:
  - key: kind
    label: {id: "Bagaimana Anda pindah?", en: "How do you move?"}
    type: choice
    choices:
      - {value: new, label: {id: "Kartu baru", en: "A new card"}}
      - {value: joined, label: {id: "Ikut kartu lain", en: "Join another card"}}
  - key: movers
    label: {id: "Siapa yang ikut?", en: "Who comes along?"}
    type: members
  - key: destination
    label: {id: "Ke mana?", en: "Where to?"}
    type: address
    when: answers.kind == "new"
  - key: host
    label: {id: "Menumpang pada siapa?", en: "With whom?"}
    type: text
    when: answers.kind == "joined" and person.is_adult
  - key: chosen
    label: {id: "Salah satu dari mereka", en: "One of them"}
    type: from-fact
    fact: family.members
    parts: [name, birth_date]
    required: false
  - key: days
    label: {id: "Berapa hari?", en: "How many days?"}
    type: number
    required: false
    when: len(answers.movers) > 2
"""
HERE = {"line": "Jl. Anggrek No. 3", "rt": "3", "rw": "7", "kelurahan": "sukarasa"}


@pytest.fixture
def moving(as_the_city: Path) -> None:
    """The city has a service that asks all of this, decided by rule."""
    text = (as_the_city / "services" / "domisili" / "service.yaml").read_text(encoding="utf-8")
    asked = text[text.index("questions:\n") : text.index("reminders:\n")]
    more = ("\nneeds:\n", "\nneeds:\n  - family.members\n")
    another_service(as_the_city, "contoh", "CON", more, (asked, QUESTIONS))
    document = as_the_city / "services" / "contoh" / "document.typ"
    text = document.read_text(encoding="utf-8").replace("data.answers.purpose", "data.answers.movers")
    document.write_text(text, encoding="utf-8")


@pytest.fixture
def siti() -> Actor:
    return residents.resident()


@pytest.fixture
def children(siti: Actor) -> list[Actor]:
    return [
        residents.relative(siti, name=name, born=residents.years_ago(age))
        for name, age in (("Adi Putra", 10), ("Budi Putra", 5))
    ]


def begun(who: Actor) -> CaseView:
    return applying.begin(service="contoh", by=who)


def everybody(case: CaseView) -> str:
    return json.dumps([choice.value for choice in one(case, "movers").choices])


def one(case: CaseView, key: str) -> Any:
    return next(question for question in case.questions if question.key == key)


def send(case: CaseView, who: Actor, **answers: str) -> CaseView:
    return applying.send(case_id=case.id, answers=answers, by=who)


def test_a_question_is_asked_only_where_its_condition_holds(siti: Actor, children: list[Actor]) -> None:
    case = begun(siti)
    assert [question.key for question in case.questions] == ["kind", "movers", "chosen"]
    with pytest.raises(InvalidAnswers) as raised:
        send(case, siti, kind="joined", movers=everybody(case))
    assert set(raised.value.errors) == {"host"}
    sent = send(case, siti, kind="joined", movers=everybody(case), host="Pak Joko", destination=json.dumps(HERE))
    answers = Snapshot.objects.get(case_id=sent.id).answers
    assert set(answers) == {"kind", "movers", "host", "chosen", "days"}  # and no address: nobody asked for one
    assert answers["host"] == "Pak Joko"


def test_the_family_is_chosen_already_and_leaving_it_so_is_no_typing(siti: Actor, children: list[Actor]) -> None:
    case = begun(siti)
    movers = one(case, "movers")
    assert {str(choice.label) for choice in movers.choices} == {"Siti Aminah", "Adi Putra", "Budi Putra"}
    assert movers.picked == {choice.value for choice in movers.choices}
    sent = send(case, siti, kind="joined", movers=everybody(case), host="Pak Joko")
    assert one(sent, "movers").shown == "Siti Aminah, Adi Putra, Budi Putra"
    assert sent.savings.fields_typed == 2  # which card, and with whom
    fewer = json.dumps([movers.choices[0].value])
    other = send(begun(siti), siti, kind="joined", movers=fewer, host="Pak Joko")
    assert one(other, "movers").shown == "Siti Aminah"
    assert other.savings.fields_typed == 3


def test_nobody_but_her_own_family_can_be_chosen(siti: Actor, children: list[Actor]) -> None:
    stranger = residents.resident(name="Fitri Handayani")
    assert stranger.nik is not None
    case = begun(siti)
    for forged in ([stranger.nik.value], ["0" * 16], [{"name": "Fitri", "nik": stranger.nik.value}]):
        with pytest.raises(InvalidAnswers) as raised:
            send(case, siti, kind="joined", movers=json.dumps(forged), host="Pak Joko")
        assert set(raised.value.errors) == {"movers"}
    with pytest.raises(InvalidAnswers):
        send(case, siti, kind="joined", movers="[]", host="Pak Joko")
    with pytest.raises(InvalidAnswers):
        send(case, siti, kind="joined", movers="[" * 5_000, host="Pak Joko")


def test_where_there_is_one_only_nobody_is_asked(siti: Actor) -> None:
    case = begun(siti)
    assert [question.key for question in case.questions if question.is_asked] == ["kind"]
    sent = send(case, siti, kind="joined", host="Pak Joko")
    assert one(sent, "movers").shown == "Siti Aminah"
    assert json.loads(Snapshot.objects.get().answers["chosen"])["name"] == "Siti Aminah"
    assert sent.savings.fields_typed == 2


def test_an_address_is_found_by_its_kelurahan_rw_and_rt(siti: Actor, work: Work) -> None:
    case = begun(siti)
    sent = send(case, siti, kind="new", destination=json.dumps(HERE))
    found = json.loads(Snapshot.objects.get().answers["destination"])
    assert found["area_code"] == "36.71.01.1001.007.003"
    assert found["kelurahan_code"] == "36.71.01.1001"
    assert one(sent, "destination").shown == "Jl. Anggrek No. 3, RT 003/RW 007, Sukarasa, Tangerang"
    assert sent.savings.fields_typed == 5  # which card, and the four of an address
    work()
    assert queries.case_for(sent.id, by=siti).state == "issued"


@pytest.mark.parametrize(
    "wrong",
    [{"rt": "9"}, {"kelurahan": "Tidak Ada"}, {"rt": "tiga"}, {"line": ""}, {"kelurahan": "Sukarasa, Cipondoh"}],
)
def test_an_address_that_is_not_in_the_city_is_asked_again(siti: Actor, wrong: dict[str, str]) -> None:
    case = begun(siti)
    with pytest.raises(InvalidAnswers) as raised:
        send(case, siti, kind="new", destination=json.dumps(HERE | wrong))
    assert set(raised.value.errors) == {"destination"}
    assert Case.objects.get().state == "draft"


def test_without_javascript_the_page_asks_again_for_what_an_answer_makes_needed(
    siti: Actor, children: list[Actor]
) -> None:
    assert siti.nik is not None
    client = Client()
    client.force_login(open_resident_account(nik=siti.nik, name=siti.name, password="x"))
    page = Reader(client).open("/layanan/contoh/").send("/ajukan/")
    assert "Siapa yang ikut?" in page.text
    assert "Ke mana?" not in page.text
    assert siti.nik.value not in page.html.replace(" ", "").split('id="answers"')[1]
    fields: dict[str, Any] = {"asks_more": "1", "asked": ["kind:choice", "movers:members", "chosen:from-fact"]}
    fields |= {
        "kind": "new",
        "movers": [c.value for c in one(queries.case_for(Case.objects.get().pk, by=siti), "movers").choices],
    }
    case = f"/permohonan/{Case.objects.get().pk}"
    again = client.post(f"{case}/kirim/", fields)
    assert again.status_code == 200
    text = again.content.decode()
    assert "masih ada 2 isian" in text
    assert "Ke mana?" in text
    assert text.count("checked") == 4  # the card, and the three of them
    fields["asked"] += ["destination:address", "days:number"]
    fields |= {f"destination-{part}": value for part, value in HERE.items()} | {"days": "x"}
    wrong = client.post(f"{case}/kirim/", fields)
    assert wrong.status_code == 422
    assert "Jl. Anggrek No. 3" in wrong.content.decode()
    sent = client.post(f"{case}/kirim/", fields | {"days": "3"})
    assert sent.status_code == 302
    assert Snapshot.objects.get().answers["days"] == "3"


def test_with_javascript_the_form_changes_as_she_answers(siti: Actor, children: list[Actor]) -> None:
    assert siti.nik is not None
    client = Client()
    client.force_login(open_resident_account(nik=siti.nik, name=siti.name, password="x"))
    case = begun(siti)
    path = f"/permohonan/{case.id}/pertanyaan/"
    part = client.post(path, {"asked": ["kind:choice"], "kind": "joined"}).content.decode()
    assert "Menumpang pada siapa?" in part
    assert "Ke mana?" not in part
    assert "<html" not in part
    stranger = residents.resident(name="Fitri Handayani")
    assert stranger.nik is not None
    client.force_login(open_resident_account(nik=stranger.nik, name=stranger.name, password="x"))
    assert client.post(path, {"kind": "joined"}).status_code == 404
