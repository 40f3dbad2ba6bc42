"""What steps look like on the pages: a field inspection with photo and place, and the picture of the process."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from satu.identity.actions import open_officer_account, open_resident_account
from satu.identity.types import Actor
from satu.services import queries
from satu.services.models import Task, TaskDecision
from satu.services.tests.test_files import JPEG
from tests.journeys import residents
from tests.journeys.changed_city import Change, task
from tests.journeys.test_sktm import RINA, submitted
from tests.journeys.test_steps import END, its_task

pytestmark = pytest.mark.usefixtures("town", "register")


@pytest.fixture(autouse=True)
def files_of_their_own(settings: Any, tmp_path: Path) -> None:
    kept = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "files")},
    }
    settings.STORAGES = {**settings.STORAGES, "default": kept}


INSPECTION = """\
decisions: [approve, refuse]
form:
  - {key: picture, label: {id: Foto lokasi, en: Photo of the place}, type: photo}
  - {key: place, label: {id: Lokasi, en: Place}, type: location}
"""


@pytest.fixture
def siti() -> Actor:
    return residents.resident()


@pytest.fixture
def rina() -> Client:
    account = open_officer_account(
        login="rina@kota", name="Rina", password="x", agency="kelurahan", duties={"front-office"}
    )
    client = Client()
    client.force_login(account)
    return client


def test_an_inspection_is_kept_with_its_photo_and_place(siti: Actor, rina: Client, change: Change) -> None:
    change(steps="  - rule: eligibility\n" + task("inspect", more=INSPECTION) + task("sign") + END)
    submitted(siti)
    address = f"/desk/tugas/{its_task('inspect')}/"
    page = rina.get(address).content.decode()
    assert 'capture="environment"' in page
    assert "satu/inspect.js" in page
    without = rina.post(f"{address}putuskan/", {"decision": "approve", "f-place": "-6.178063, 106.63"})
    assert without.status_code == 422
    assert "Foto lokasi: Ambil fotonya." in without.content.decode()  # also where it is all that is wrong
    assert not TaskDecision.objects.exists()
    photo = SimpleUploadedFile("rumah.jpg", JPEG, content_type="image/jpeg")
    wrong = rina.post(f"{address}putuskan/", {"decision": "approve", "f-place": "di sini", "f-picture": photo})
    assert wrong.status_code == 422
    assert "1 foto sudah tersimpan." in wrong.content.decode()
    done = rina.post(f"{address}putuskan/", {"decision": "approve", "f-place": "-6.178063, 106.63"})
    assert done.status_code == 302
    (earlier,) = queries.task_for(its_task("sign"), by=RINA).earlier
    assert [one.shown for one in earlier.answers] == ["1 foto", "-6.178063, 106.630000"]
    assert "rumah.jpg" in rina.get(f"/desk/tugas/{its_task('sign')}/").content.decode()


def test_a_photo_is_no_pdf_and_a_wrong_one_is_taken_away_again(siti: Actor, rina: Client, change: Change) -> None:
    change(steps="  - rule: eligibility\n" + task("inspect", more=INSPECTION) + END)
    submitted(siti)
    address = f"/desk/tugas/{its_task('inspect')}/"
    decision = {"decision": "approve", "f-place": "di sini"}
    plan = SimpleUploadedFile("denah.pdf", b"%PDF-1.7\n", content_type="application/pdf")
    refused = rina.post(f"{address}putuskan/", {**decision, "f-picture": plan})
    assert "JPEG, PNG, WEBP, HEIC." in refused.content.decode()
    rina.post(
        f"{address}putuskan/",
        {**decision, "f-picture": SimpleUploadedFile("salah.jpg", JPEG, content_type="image/jpeg")},
    )
    (photo,) = queries.files_of_task(its_task("inspect"), by=RINA)
    remove = f"{address}berkas/{photo.id}/hapus/"
    assert remove in rina.get(address).content.decode()
    assert "Berkas sudah dihapus." in rina.post(remove, follow=True).content.decode()
    assert queries.files_of_task(its_task("inspect"), by=RINA) == ()


def test_the_picture_shows_where_a_request_is_to_her_and_to_the_officer_alone(
    siti: Actor,
    rina: Client,
    change: Change,
) -> None:
    change(steps="  - rule: eligibility\n" + task("assess") + END)
    case = submitted(siti)
    picture = queries.picture_for(case.id, by=siti)
    assert picture is not None
    assert picture.now == ("assess",)
    assert {"submitted", "rule_eligibility", "submitted_to_rule_eligibility"} <= set(picture.done)
    assert not {"issue", "refuse"} & set(picture.done)
    assert queries.picture_of_task(Task.objects.get().pk, by=RINA) == picture

    assert siti.nik is not None
    hers = Client()
    hers.force_login(open_resident_account(nik=siti.nik, name=siti.name, password="x"))
    page = hers.get(f"/permohonan/{case.id}/").content.decode()
    assert f'data-process="/permohonan/{case.id}/alur/"' in page
    assert 'data-now="assess"' in page
    drawn = hers.get(f"/permohonan/{case.id}/alur/")
    assert drawn["Content-Type"].startswith("application/xml")
    assert 'id="assess"' in drawn.content.decode()
    assert rina.get(f"/desk/tugas/{its_task('assess')}/alur/").status_code == 200
    other = residents.resident(name="Dewi Lestari")
    assert other.nik is not None
    stranger = Client()
    stranger.force_login(open_resident_account(nik=other.nik, name=other.name, password="x"))
    assert stranger.get(f"/permohonan/{case.id}/alur/").status_code == 404
