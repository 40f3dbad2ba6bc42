"""What an officer does with her queue besides deciding: narrowing it, keeping filters, taking tasks."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from satu.hub.tests.register import ADI_NIK, SITI_NIK, register_sitis_family
from satu.identity.absence import absences_of, enter_absence
from satu.identity.actions import open_officer_account, open_resident_account
from satu.kernel.errors import Conflict, InvalidInput, Missing
from satu.kernel.identifiers import Nik
from satu.services import actions, queries
from satu.services.work.types import QueueFilter

pytestmark = pytest.mark.django_db(transaction=True)
AREA = "36.71.01.1001"


def officer(login="rina", name="Rina Marlina", **other):
    rights = {"agency": "kelurahan", "duties": ["front-office"], "areas": [AREA]}
    return open_officer_account(login=login, name=name, password="x", **(rights | other))


def sent(nik, name):
    by = open_resident_account(nik=Nik(nik), name=name, password="x").actor
    case_id = actions.start_case(service="sktm", by=by)
    actions.send_case(case_id=case_id, answers={"purpose": "keringanan biaya sekolah"}, by=by)


@pytest.fixture
def rina(transactional_db):
    register_sitis_family()
    for nik, name in ((SITI_NIK, "Siti Aminah"), (ADI_NIK, "Adi Putra")):
        sent(nik, name)
    return officer()


@pytest.fixture
def desk(rina):
    client = Client()
    client.force_login(rina)
    return client


def read(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def names(by, **where):
    return sorted(item.applicant_name for item in queries.queue_of(by, where=QueueFilter(**where)).items)


BOTH = ["Adi Putra", "Siti Aminah"]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({}, BOTH),
        ({"service": "sktm"}, BOTH),
        ({"service": "pindah"}, []),
        ({"duty": "front-office"}, BOTH),
        ({"duty": "civil-registrar"}, []),
        ({"kelurahan": AREA}, BOTH),
        ({"kelurahan": "36.71.05.1003"}, []),
        ({"another": True}, []),
        ({"due": "late"}, []),
        ({"whose": "mine"}, []),
        ({"whose": "free"}, BOTH),
    ],
)
def test_a_filter_only_narrows(rina, where, expected):
    assert names(rina.actor, **where) == expected
    (count,) = queries.counts_of(rina.actor, [QueueFilter(**where)])
    assert (count.number, count.more) == (len(expected), False)


def test_a_filter_gives_nobody_more_than_her_duties(rina):
    stranger = officer("lain", areas=["36.71.05.1003"]).actor
    for where in ({}, {"kelurahan": AREA}, {"duty": "front-office"}, {"whose": "free"}):
        assert names(stranger, **where) == []


def test_what_is_due_this_week_is_more_than_what_is_due_today(rina):
    from satu.services.models import Task

    today = timezone.localdate()
    first, second = Task.objects.order_by("applicant_name")
    Task.objects.filter(pk=first.pk).update(due_on=today - timedelta(days=1))
    Task.objects.filter(pk=second.pk).update(due_on=today + timedelta(days=6 - today.weekday()))
    assert names(rina.actor, due="late") == ["Adi Putra"]
    assert names(rina.actor, due="week") == BOTH


def test_who_takes_a_task_is_seen_and_stops_nobody(rina, desk):
    dedi = officer("dedi", "Dedi Kurnia").actor
    task = next(item for item in queries.queue_of(rina.actor).items if item.applicant_name == "Siti Aminah")
    assert desk.post(f"/desk/tugas/{task.id}/kerjakan/", {"take": "yes"}).status_code == 302
    assert "Anda mengerjakan ini" in read(desk, "/desk/tugas/?siapa=mine")
    assert names(rina.actor, whose="mine") == ["Siti Aminah"]
    assert names(dedi, whose="free") == ["Adi Putra"]
    assert {item.taken_by for item in queries.queue_of(dedi).items} == {"Rina Marlina", ""}
    with pytest.raises(Conflict):
        actions.take_task(task_id=task.id, by=dedi)
    actions.take_task(task_id=task.id, by=rina.actor)  # twice is once
    actions.release_task(task_id=task.id, by=dedi)  # not his to give back
    assert names(rina.actor, whose="mine") == ["Siti Aminah"]
    actions.decide_task(task_id=task.id, decision="approve", reason="", by=dedi)
    assert names(rina.actor) == ["Adi Putra"]


def test_what_was_taken_is_free_again_when_she_gives_it_back_or_the_time_is_over(rina, desk):
    from satu.services.work.models import Taking

    task = queries.queue_of(rina.actor).items[0]
    for end in (
        lambda: desk.post(f"/desk/tugas/{task.id}/kerjakan/", {"take": "no"}),
        lambda: Taking.objects.update(at=timezone.now() - timedelta(days=3), until=timezone.now()),
    ):
        actions.take_task(task_id=task.id, by=rina.actor)
        assert queries.taken(task.id, by=rina.actor).hers
        end()
        assert queries.taken(task.id, by=rina.actor) is None
        assert names(rina.actor, whose="free") == BOTH


def test_what_an_absent_officer_has_taken_is_her_stand_ins(rina, desk):
    dedi = officer("dedi", "Dedi Kurnia")
    tasks = {item.applicant_name: item.id for item in queries.queue_of(rina.actor).items}
    actions.take_task(task_id=tasks["Siti Aminah"], by=rina.actor)
    today = timezone.localdate().isoformat()
    given = {"first": today, "last": today, "stand_in": str(dedi.pk)}
    assert desk.post("/desk/ketidakhadiran/", given).status_code == 302
    assert "Anda tercatat tidak hadir" in read(desk, "/desk/tugas/")
    stand_in = Client()
    stand_in.force_login(dedi)
    assert "Anda menggantikan Rina Marlina" in read(stand_in, "/desk/tugas/")
    assert names(dedi.actor, whose="mine") == ["Siti Aminah"]
    assert queries.taken(tasks["Siti Aminah"], by=dedi.actor).hers
    (absence,) = absences_of(rina.actor)
    assert desk.post(f"/desk/ketidakhadiran/{absence.id}/akhiri/").status_code == 302
    assert names(dedi.actor, whose="mine") == []
    assert names(rina.actor, whose="mine") == ["Siti Aminah"]


def test_without_a_stand_in_it_is_free_again(rina):
    dedi = officer("dedi", "Dedi Kurnia").actor
    task = queries.queue_of(rina.actor).items[0]
    actions.take_task(task_id=task.id, by=rina.actor)
    today = timezone.localdate()
    enter_absence(first=today, last=today, stand_in=None, by=rina.actor)
    assert names(dedi, whose="free") == BOTH
    actions.take_task(task_id=task.id, by=dedi)
    assert queries.taken(task.id, by=dedi).hers


def test_who_had_taken_a_task_is_forgotten_when_the_time_is_over(rina):
    from satu.services.work.models import Taking

    for item in queries.queue_of(rina.actor).items:
        actions.take_task(task_id=item.id, by=rina.actor)
    past = timezone.now() - timedelta(days=2)
    Taking.objects.filter(task_id=item.id).update(at=past - timedelta(days=1), until=past)
    actions.look_after_tasks()
    assert Taking.objects.count() == 1


def test_a_filter_is_kept_renamed_and_removed(rina, desk):
    where = "?hanya=week&siapa=free"
    assert "Simpan saringan ini" in read(desk, f"/desk/tugas/{where}")
    assert desk.post(f"/desk/tugas/saringan/{where}", {"name": " Belum  diambil "}).status_code == 302
    (kept,) = queries.filters_of(rina.actor)
    assert (kept.name, kept.where) == ("Belum diambil", QueueFilter(due="week", whose="free"))
    page = read(desk, f"/desk/tugas/{where}")
    assert "Belum diambil" in page
    assert "Simpan saringan ini" not in page
    nameless = desk.post(f"/desk/tugas/saringan/{kept.id}/nama/{where}", {"name": ""}).content.decode()
    assert '<details class="more" open>' in nameless  # what is wrong is not folded away
    assert desk.post(f"/desk/tugas/saringan/{kept.id}/nama/{where}", {"name": "Bebas"}).status_code == 302
    assert [one.name for one in queries.filters_of(rina.actor)] == ["Bebas"]
    assert queries.filters_of(officer("dedi").actor) == []
    assert desk.post(f"/desk/tugas/saringan/{kept.id}/hapus/").status_code == 302
    assert queries.filters_of(rina.actor) == []


def test_a_filter_under_a_used_name_says_that_it_takes_the_place_of_the_other(rina, desk):
    for where, said in (("late", "kept"), ("late", "kept"), ("week", "replaced")):
        answer = desk.post(f"/desk/tugas/saringan/?hanya={where}", {"name": "Pagi"})
        assert answer["Location"].endswith(f"selesai={said}")
    assert [one.where for one in queries.filters_of(rina.actor)] == [QueueFilter(due="week")]


@pytest.mark.parametrize("name", ["", "   ", "x" * 41])
def test_a_filter_without_a_fitting_name_is_not_kept(rina, desk, name):
    answer = desk.post("/desk/tugas/saringan/?hanya=late", {"name": name})
    assert answer.status_code == 422
    assert queries.filters_of(rina.actor) == []


def test_what_would_be_kept_twice_or_says_nothing_is_refused(rina):
    by = rina.actor
    first = actions.keep_filter(name="Terlambat", where=QueueFilter(due="late"), by=by)
    assert actions.keep_filter(name="Terlambat", where=QueueFilter(due="today"), by=by) == first
    with pytest.raises(InvalidInput):
        actions.keep_filter(name="Lagi", where=QueueFilter(due="today"), by=by)
    with pytest.raises(InvalidInput):
        actions.keep_filter(name="Semua", where=QueueFilter(), by=by)
    with pytest.raises(Missing):
        actions.remove_filter(filter_id=uuid4(), by=by)


def test_nonsense_in_the_address_is_left_out(desk):
    page = read(desk, "/desk/tugas/?hanya=xyz&siapa=&layanan=&lain=")
    assert "Siti Aminah" in page
    assert "Adi Putra" in page


def test_an_administrator_sees_what_waits_for_whom_and_who_decided(rina):
    officer("jauh", "Jauh Sekali", areas=["36.71.05.1003"])
    task = queries.queue_of(rina.actor).items[0]
    actions.take_task(task_id=queries.queue_of(rina.actor).items[1].id, by=rina.actor)
    actions.decide_task(task_id=task.id, decision="approve", reason="", by=rina.actor)
    dian = officer("dian", "Dian Puspita", duties=["agency-admin"], areas=[])
    found = {row.officer.name: row for row in queries.workload_of(dian.actor)}
    assert found.keys() == {"Dian Puspita", "Jauh Sekali", "Rina Marlina"}
    hers = found["Rina Marlina"]
    assert (hers.waiting, hers.late, hers.taken, hers.today, hers.week) == (1, 0, 1, 1, 1)
    assert hers.median is not None
    assert found["Jauh Sekali"].waiting == 0
    admin = Client()
    admin.force_login(dian)
    assert "Beban kerja" in read(admin, "/desk/pengaturan/beban/")
    sheet = read(admin, "/desk/pengaturan/beban/beban.csv").splitlines()
    assert sheet[0] == "officer,open,open_late,works_on,decided_today,decided_this_week,median_seconds"
    assert next(line for line in sheet if line.startswith("Rina")).startswith("Rina Marlina,1,0,1,1,1,")


def test_whoever_is_no_administrator_sees_nobodys_workload(desk):
    for page in ("", "beban.csv"):
        assert desk.get(f"/desk/pengaturan/beban/{page}").status_code == 403
