"""Residents who ask by themselves: so many and no more, and none once it is enough."""

import pytest

from satu.demo.city.applicants import BY
from satu.demo.city.living import live, still_to_ask
from satu.hub.tests.register import SITI_NIK, register_sitis_family
from satu.identity.types import Actor
from satu.kernel.identifiers import Nik
from satu.services import actions
from satu.services.models import Case

pytestmark = pytest.mark.django_db(transaction=True)


def sent(reference):
    siti = Actor(reference, "resident", "Siti Aminah", nik=Nik(SITI_NIK))
    case_id = actions.start_case(service="domisili", by=siti)
    actions.send_case(case_id=case_id, answers={"purpose": "membuka rekening"}, by=siti)


def test_a_city_is_asked_for_what_is_missing_and_only_once():
    register_sitis_family()
    sent("account:1")  # somebody pressed: none of the city's own
    assert still_to_ask(up_to=1) == 1
    sent(BY)
    assert [still_to_ask(up_to=number) for number in (0, 1, 2)] == [0, 0, 1]


def test_once_told_to_stop_nobody_begins():
    register_sitis_family()
    assert live(requests=3, seed="a", enough=lambda: True).sent == 0
    assert not Case.objects.exists()
