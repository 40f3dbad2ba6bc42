"""Rules change while requests are open: what was decided stays explained, and open requests keep their version."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import IntegrityError
from django.test import Client
from typer.testing import CliRunner

from satu.hub.catalogue import the_catalogue
from satu.hub.ledger.queries import accesses_about
from satu.hub.types import Subject
from satu.identity.actions import open_resident_account
from satu.identity.types import SYSTEM, Actor
from satu.kernel.city import the_city
from satu.kernel.citydata import CityDataError
from satu.kernel.errors import InvalidInput, Missing, NotAllowed
from satu.services import packages, queries
from satu.services.actions.explaining import explain
from satu.services.actions.publishing import publish
from satu.services.commands import app
from satu.services.models import Case, CaseFee, Publication
from satu.services.packages import package_at
from satu.services.queries.versions import versions_of
from satu.services.types import CaseView
from tests.journeys import applying, residents

pytestmark = pytest.mark.usefixtures("town", "register")
FEE = """
table: fee
name: {id: Biaya surat, en: Cost of a letter}
legal_basis: Example rule
in_force_from: 2024-01-01
confirmed: false
rounding: {to: 1, way: nearest}
rows:
  - {row: grown-up, label: {id: Dewasa, en: Grown-up}, when: {person.is_adult: true}, rupiah: 12500}
  - {row: other, label: {id: Lainnya, en: Other}, rupiah: 0}
"""


@pytest.fixture
def siti() -> Actor:
    return residents.resident()


def forget() -> None:
    for cached in (the_city, the_catalogue, packages.the_packages, packages.the_knowledge, package_at):
        cached.cache_clear()


@pytest.fixture
def domisili(tmp_path: Path, settings) -> Iterator[Path]:
    """The package in a copy of the city, of which the letter costs something by a table."""
    copy = tmp_path / "city"
    shutil.copytree(settings.SATU_CITY, copy)
    settings.SATU_CITY, settings.STATE_DIR = str(copy), tmp_path / "state"
    folder = copy / "services" / "domisili"
    text = (folder / "service.yaml").read_text(encoding="utf-8")
    listed = text[text.index("fee:\n") : text.index("document:\n")]
    text = text.replace(listed, "fee: {table: fee}\n")
    text = text.replace("  eligibility: eligibility.yaml\n", "  eligibility: eligibility.yaml\n  fee: fee.yaml\n")
    (folder / "service.yaml").write_text(text, encoding="utf-8")
    (folder / "fee.yaml").write_text(FEE, encoding="utf-8")
    forget()
    yield folder
    forget()


def change(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    forget()


def sent(who: Actor) -> CaseView:
    case = applying.begin(service="domisili", by=who)
    return applying.send(case_id=case.id, answers={"purpose": "membuka rekening"}, by=who)


def satu_service(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})
    return result.exit_code, result.output


def refuse_everybody(folder: Path) -> None:
    change(
        folder,
        "eligibility.yaml",
        "  - row: resident\n    then: approve\n",
        "  - row: resident\n    then: refuse\n    advice: {id: Coba lagi tahun depan., en: Try again next year.}\n",
    )
    change(folder, "fee.yaml", "rupiah: 12500", "rupiah: 99000")


def test_a_changed_table_changes_nothing_about_what_was_decided_and_it_can_be_made_again(
    siti: Actor, domisili: Path
) -> None:
    case = sent(siti)
    assert case.fee is not None
    assert (case.fee.amount, case.fee.row, case.fee.confirmed) == (12_500, "grown-up", False)
    refuse_everybody(domisili)

    still = queries.case_for(case.id, by=siti)
    assert still.decision == case.decision
    assert still.fee == case.fee
    decided, fee = explain(number=case.number, by=SYSTEM)
    assert (decided.row, decided.result, decided.again) == ("resident", "approve", "resident: approve")
    assert (fee.row, fee.result, fee.again) == ("grown-up", "12500", "grown-up: 12500")
    assert decided.is_same
    assert fee.is_same
    assert decided.values["person.is_adult"] is True

    code, said = satu_service("explain", case.number)
    assert code == 0, said
    assert said.count("done again, it gives the same") == 2
    other = sent(residents.resident(name="Dewi Lestari"))
    assert other.decision is not None
    assert other.decision.result == "refuse"


def test_who_explains_a_decision_is_in_the_applicants_ledger_and_no_resident_does(
    siti: Actor, domisili: Path
) -> None:
    case = sent(siti)
    explain(number=case.number, by=SYSTEM)
    assert siti.nik is not None
    newest = accesses_about(Subject.person(siti.nik), limit=1)[0]
    assert newest.actor_kind == "system"
    with pytest.raises(NotAllowed):
        explain(number=case.number, by=siti)
    with pytest.raises(Missing):
        explain(number="DOM-1999-000001", by=SYSTEM)


def test_what_does_not_come_out_the_same_is_said_plainly(siti: Actor, domisili: Path) -> None:
    case = sent(siti)
    row = Case.objects.get(pk=case.id)
    CaseFee.objects.create(
        case=row,
        round=1,
        table="fee",
        table_version=CaseFee.objects.get(case=row).table_version,
        row="grown-up",
        amount=1,
        values={"person.is_adult": True},
    )
    code, said = satu_service("explain", case.number)
    assert code == 1
    assert "done again, it does not: grown-up: 12500" in said
    with pytest.raises(IntegrityError):
        CaseFee.objects.filter(case=row).update(amount=2)


def test_new_requests_take_what_was_published_and_open_ones_keep_what_they_began_with(
    siti: Actor, domisili: Path, settings
) -> None:
    settings.SATU_ONLY_PUBLISHED = True
    forget()
    with pytest.raises(Missing):
        applying.begin(service="domisili", by=siti)  # nothing is published yet
    forget()
    assert publish(service="domisili", why="First version.", name="Rina", by=SYSTEM) == 1
    first = sent(siti)
    assert first.fee is not None
    assert first.fee.amount == 12_500
    refuse_everybody(domisili)
    unpublished = sent(residents.resident(name="Dewi Lestari"))
    assert unpublished.fee is not None
    assert unpublished.fee.amount == 12_500

    assert publish(service="domisili", why="The rule changed.", name="Rina", by=SYSTEM) == 2
    assert publish(service="domisili", why="Again.", name="Rina", by=SYSTEM) == 2
    forget()
    new = sent(residents.resident(name="Wati"))
    assert new.fee is not None
    assert new.fee.amount == 99_000
    assert queries.case_for(first.id, by=siti).fee == first.fee

    newest, oldest = versions_of("domisili")
    assert (newest.number, newest.open_cases, newest.is_current, newest.why) == (2, 1, True, "The rule changed.")
    assert (oldest.number, oldest.open_cases, oldest.is_current, oldest.by) == (1, 2, False, "Rina")


def test_what_does_not_pass_the_check_is_not_published(siti: Actor, domisili: Path) -> None:
    change(domisili, "fee.yaml", "way: nearest", "way: about")
    with pytest.raises(CityDataError):
        publish(service="domisili", why="It does not load.", name="Rina", by=SYSTEM)
    change(domisili, "fee.yaml", "way: about", "way: nearest")
    for wrong in ({"why": " "}, {"name": ""}):
        with pytest.raises(InvalidInput):
            publish(**({"service": "domisili", "why": "Because.", "name": "Rina", "by": SYSTEM} | wrong))
    with pytest.raises(NotAllowed):
        publish(service="domisili", why="Because.", name="Siti", by=siti)
    assert Publication.objects.count() == 0


def test_what_changed_between_two_versions_reads_row_by_row(domisili: Path) -> None:
    assert satu_service("publish", "domisili", "--why", "First.", "--by", "Rina")[0] == 0
    code, said = satu_service("diff", "domisili", "1")
    assert (code, said.strip()) == (0, "They say the same.")
    refuse_everybody(domisili)
    change(domisili, "service.yaml", "  - person.birth_place\n", "")
    change(domisili, "document.typ", "menerangkan bahwa:", "menyatakan bahwa:")
    code, said = satu_service("diff", "domisili", "1", "folder")
    assert code == 0, said
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert "rows > resident > then: “approve” → “refuse”" in lines
    assert any(line.startswith("+ rows > resident > advice: {en: Try again") for line in lines)
    assert "rows > grown-up > rupiah: 12500 → 99000" in lines
    assert any(line.startswith("- needs > person.birth_place") for line in lines)
    assert any(line.startswith("+") and "menyatakan bahwa" in line for line in lines)
    code, said = satu_service("versions", "domisili")
    assert "differs from what was published last" in said
    assert satu_service("diff", "domisili", "7")[0] == 1


def test_the_pages_say_what_it_costs_and_why(siti: Actor, domisili: Path) -> None:
    assert siti.nik is not None
    account = open_resident_account(nik=siti.nik, name=siti.name, password="x")
    client = Client(headers={"accept-language": "id"})
    client.login(username=account.login, password="x")
    draft = applying.begin(service="domisili", by=account.actor)
    for page in (client.get(f"/permohonan/{draft.id}/"), client.post(f"/permohonan/{draft.id}/biaya/")):
        told = page.content.decode()
        assert "Rp12.500,00" in told
        assert "Sudah 17 tahun" in told
        assert "Angka ini belum dicocokkan dengan aturannya." in told
    client.post(f"/permohonan/{draft.id}/kirim/", {"purpose": "membuka rekening"})
    receipt = client.get(f"/permohonan/{draft.id}/").content.decode()
    assert "Rp12.500,00" in receipt
    assert "Biaya surat: Dewasa" in receipt
