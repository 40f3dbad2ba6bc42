"""What a citizen had to type is hers: kept, offered again with when she said it, never used by itself."""

from pathlib import Path
from uuid import UUID

import pytest
from django.db import IntegrityError
from django.test import Client

from satu.identity.actions import open_resident_account
from satu.identity.types import Actor
from satu.kernel.citydata import CityDataError
from satu.kernel.errors import Missing
from satu.portal.tests.reading import Reader
from satu.services import actions, queries
from satu.services.conversation.models import Declaration
from satu.services.packages import Loader
from satu.services.tests.conftest import as_the_city, city_copy, loader
from tests.journeys import residents
from tests.journeys.test_sktm import PURPOSE, decide

__all__ = ["as_the_city", "city_copy", "loader"]
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
    draft = actions.begin_case(service="sktm", by=siti)
    return actions.submit_case(case_id=draft.id, answers={"purpose": purpose}, by=siti).id


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
    draft = actions.begin_case(service="sktm", by=other)
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
