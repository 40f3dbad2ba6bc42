from datetime import timedelta

import pytest
from django.utils import timezone

from satu.hub import health
from satu.hub.actions import pull
from satu.hub.models import SystemHealth
from satu.hub.purposes import self_access
from satu.hub.queries import facts_about_person, facts_by_system, panels, reasons_for, systems_health
from satu.hub.tests.conftest import SITI


def test_facts_are_grouped_by_the_system_asked_first(small_city):
    groups = {
        group.system: group.facts for group in facts_by_system(["person.phone", "person.name", "person.is_adult"])
    }
    assert groups == {"alpha": ("person.name", "person.is_adult"), "beta": ("person.phone",)}


def test_data_saya_shows_what_systems_hold_and_nothing_derived(small_city):
    shown = [fact for group in facts_about_person() for fact in group.facts]
    assert "person.birth_date" in shown
    assert "person.age" not in shown


@pytest.mark.django_db
def test_a_dossier_falls_into_panels(alpha, beta, siti):
    dossier = pull(about=SITI, facts=["person.name", "person.decile"], purpose=self_access(siti), by=siti)
    assert [(panel.system, panel.agency, [o.fact for o in panel.outcomes]) for panel in panels(dossier)] == [
        ("alpha", "Diskominfo", ["person.name"]),
        ("beta", "Diskominfo", ["person.decile"]),
    ]


@pytest.mark.django_db
def test_health_says_who_answers_who_is_in_trouble_and_who_is_skipped(alpha, beta, siti):
    def states() -> dict[str, str]:
        health.keep(now=True)
        return {state.system: state.state for state in systems_health()}

    assert states() == dict.fromkeys(["alpha", "beta", "delta", "gamma"], "unknown")
    beta.status = 500
    facts = ["person.name", "person.decile"]
    pull(about=SITI, facts=facts, purpose=self_access(siti), by=siti)
    assert states()["alpha"] == "answering"
    assert states()["beta"] == "troubled"
    for _ in range(5):
        pull(about=SITI, facts=facts, purpose=self_access(siti), by=siti)
    assert states()["beta"] == "skipped"
    seen = {state.system: state for state in systems_health()}
    assert seen["alpha"].p50_ms is not None
    assert seen["beta"].last_failure == "error"


@pytest.mark.django_db
def test_old_news_of_a_system_is_no_news(alpha, siti):
    pull(about=SITI, facts=["person.name"], purpose=self_access(siti), by=siti)
    health.keep(now=True)
    SystemHealth.objects.update(seen_at=timezone.now() - timedelta(hours=1))
    assert {state.state for state in systems_health()} == {"unknown"}


@pytest.mark.django_db
def test_health_is_one_query(small_city, django_assert_num_queries):
    with django_assert_num_queries(1):
        systems_health()


def test_an_officer_is_offered_the_reasons_of_her_duties(small_city, budi):
    assert [reason.code for reason in reasons_for(budi)] == ["counter"]
