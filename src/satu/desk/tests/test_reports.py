"""Reports of wrong data go to the agency that owns it, and to an integrator where that agency has nobody."""

import pytest
from django.test import Client
from django.urls import reverse

from satu.hub.catalogue import the_catalogue
from satu.hub.tests.register import SITI_NIK
from satu.identity.actions import open_officer_account, open_resident_account
from satu.kernel.errors import Missing
from satu.kernel.identifiers import Nik
from satu.services import queries
from satu.services.actions import answer_report
from satu.services.actions.correcting import keep_report

pytestmark = pytest.mark.django_db(transaction=True)


def officer(login, agency, *duties):
    return open_officer_account(login=login, name=login.title(), password="x", agency=agency, duties=duties)


@pytest.fixture
def report(transactional_db):
    siti = open_resident_account(nik=Nik(SITI_NIK), name="Siti Aminah", password="x").actor
    return keep_report(fact="person.address", recorded="Jl. Melati", note="Jl. Anggrek", about=siti.nik, by=siti)


def test_where_the_owner_has_no_officer_an_integrator_answers_and_it_is_said(report):
    bayu, lain = officer("bayu", "diskominfo", "integrator"), officer("lain", "dinsos", "social-worker")
    (one,) = queries.open_reports(bayu.actor)
    assert (one.id, one.owner_has_nobody) == (report, True)
    assert queries.open_reports(lain.actor) == []
    client = Client()
    client.force_login(bayu)
    for page in (reverse("desk:reports"), reverse("desk:report", args=[report])):
        assert "yang tidak punya petugas di Satu" in client.get(page).content.decode()
    answer_report(report_id=report, outcome="kept", answer="Sudah kami tanyakan.", by=bayu.actor)
    assert queries.open_reports(bayu.actor) == []


def test_where_the_owner_has_one_it_is_hers_alone(report):
    bayu = officer("bayu", "diskominfo", "integrator").actor
    hendra = officer("hendra", the_catalogue().fact("person.address").agency, "civil-registrar").actor
    (one,) = queries.open_reports(hendra)
    assert not one.owner_has_nobody
    assert queries.open_reports(bayu) == []
    with pytest.raises(Missing):
        queries.report_for(report, by=bayu)
