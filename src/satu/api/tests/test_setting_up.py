"""What administrators do, for programs: invitations, what did not get through, and trying a service."""

from uuid import UUID

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from satu.api.tests.conftest import Program, officer
from satu.hub.models import Telling
from satu.hub.tests.register import SITI_NIK, register_sitis_family
from satu.identity.actions import open_resident_account
from satu.identity.queries import language_of
from satu.kernel.city import the_city
from satu.kernel.identifiers import Nik
from satu.messaging import actions as messaging
from satu.messaging.ports import NotTaken


def nobody(_channel):
    raise NotTaken("unreachable", again=False)


DUTIES = ["city-admin", "integrator"]


def test_an_invitation_is_sent_again_once_a_key(town):
    dian, maya = (
        Program(officer(name, agency=agency, duties=["agency-admin"], areas=[]))
        for name, agency in (("dian", "kelurahan"), ("maya", "dinsos"))
    )
    added = dian.post(
        "/officers", {"login": "a@kota.example", "name": "Ani", "duties": ["front-office"], "areas": []}
    )
    path = f"/officers/{added.json()['id']}/invitation"
    assert [dian.post(path, key="again").status_code for _time in range(2)] == [204, 204]
    assert ProcrastinateJob.objects.filter(task_name="messaging.send").count() == 2
    assert [one["kind"] for one in dian.get("/officers/changes").json()][:3] == ["invited", "invited", "added"]
    assert maya.post(path).status_code == 404
    assert dian.post(f"/officers/{maya.account.pk}/invitation").status_code == 404
    assert dian.post("/officers/" + path.split("/")[2] + "/suspension").status_code == 204
    assert dian.post(path).status_code == 409


def test_she_is_written_to_in_the_language_that_she_chose(siti):
    assert siti.get("/me").json()["language"] == "id"
    assert siti.send("PUT", "/me/language", {"language": "en"}).json()["language"] == "en"
    assert language_of(siti.account.pk) == "en"
    assert siti.send("PUT", "/me/language", {"language": "jv"}).status_code == 422


def test_what_did_not_get_through_is_read_and_tried_again(siti, rina, monkeypatch):
    bayu = Program(officer("bayu", agency="diskominfo", duties=DUTIES, areas=[]))
    telling = Telling.objects.create(
        system="bpjs",
        tell="death",
        news="death",
        change="uji",
        subject_kind="person",
        subject_key=SITI_NIK,
        parts={"nik": SITI_NIK},
        state="refused",
        due_at=timezone.now(),
        ended_at=timezone.now(),
    )
    siti.post("/contact-points", {"channel": "email", "address": "siti@example.org"})
    monkeypatch.setattr(messaging, "port_of", nobody)
    sending = ProcrastinateJob.objects.get(task_name="messaging.send")
    messaging.send_delivery(delivery_id=UUID(sending.args["delivery_id"]))
    told = bayu.get("/setup/untold")
    assert SITI_NIK not in told.content.decode()
    (news,), (message,) = told.json()["news"], told.json()["messages"]
    assert (news["id"], news["refused"], message["reason"]) == (str(telling.pk), True, "unreachable")
    for path in (f"/setup/untold/news/{news['id']}", f"/setup/untold/messages/{message['id']}"):
        assert rina.post(path).status_code == 403
        assert bayu.post(path, key=path[-20:]).status_code == 204
    assert bayu.post(f"/setup/untold/news/{message['id']}").status_code == 404
    assert (Telling.objects.get().state, bayu.get("/setup/untold").json()["messages"]) == ("waiting", [])


@pytest.mark.django_db(transaction=True)
def test_a_service_is_tried_as_somebody_invented(monkeypatch):
    register_sitis_family()
    siti = open_resident_account(nik=Nik(SITI_NIK), name="Siti Aminah", password="x", demo=True)
    bayu = Program(officer("bayu", agency="diskominfo", duties=DUTIES, areas=[]))
    shown = bayu.get("/setup/trials").json()
    assert shown["residents"] == [{"id": siti.pk, "name": "Siti Aminah"}]
    assert "folder:domisili" in {one["value"] for one in shown["packages"]}
    asked = {"package": "folder:domisili", "resident": siti.pk}
    assert [one["key"] for one in bayu.post("/setup/trials", asked).json()["questions"]] == ["purpose"]
    sent = bayu.post("/setup/trials", asked | {"answers": {"purpose": "membuka rekening"}}).json()
    assert (sent["decisions"][0]["result"], sent["waiting"][0]["kind"]) == ("approve", "document")

    folder = the_city().folder / "services" / "domisili"
    files = {f"domisili/{one.name}": one.read_text(encoding="utf-8") for one in folder.iterdir() if one.is_file()}
    assert bayu.post("/setup/trials", {"resident": siti.pk, "files": files}).status_code == 200
    files["domisili/service.yaml"] = files["domisili/service.yaml"].replace("- person.name\n", "- person.shoe_size\n")
    for wrong, pointer, says in (
        ({"resident": siti.pk, "files": files}, "#/package", "person.shoe_size"),
        ({"resident": siti.pk, "files": {"x.yaml": ""}}, "#/files", "service.yaml"),
        ({"resident": siti.pk, "package": "folder:nothing"}, "#/package", ""),
        (asked | {"resident": 1_000_000}, "#/resident", ""),
        (asked | {"answers": {"purpose": ""}}, "#/answers/purpose", ""),
    ):
        answer = bayu.post("/setup/trials", wrong)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
        assert says in answer.json()["detail"]
    monkeypatch.setattr("django.conf.settings.DEVELOPMENT", False)
    assert bayu.post("/setup/trials", asked).status_code == 403
