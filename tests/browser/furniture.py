"""Things of every kind for the running demonstration, so that every page has something to show.

A program (``python -m tests.browser.furniture``) that runs beside a running city, since Django refuses to query next
to Playwright. It prints what it made as JSON: of each place in an address (``case_id``) what may stand there.

A page with a new kind of thing in its address: make one here by its own action, and put it under the name of the
place. If another page links to it, its address is found there, and it is enough that one exists.
"""

import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from satu.identity.types import Actor
    from satu.services.types import CaseView

#: What a name in an address stands for where no thing has to be made.
SAID = {
    "slug": ["domisili", "reklame"],
    "fact": ["person.name"],
    "channel": ["email"],
    "system": ["siak"],
    "version": ["1"],
    "language": ["id", "en"],
    "kind": ["biasa"],
    "size": ["192"],
}
WHY = "Keluarga ini tidak tergolong tidak mampu."
Things = dict[str, list[str]]


class Cast:
    """The people of the demonstration: residents by what is said of them, officers by their login."""

    def __init__(self) -> None:
        from satu.demo.accounts import listing
        from satu.identity.models import Account

        self._said = {account.who.en: account.login for account in listing()}
        self._accounts = {account.login: account for account in Account.objects.filter(is_demo=True)}

    def resident(self, said: str) -> "Actor":
        return self._accounts[self._said[said]].actor

    def officer(self, login: str) -> "Actor":
        return self._accounts[login].actor


def furnish() -> Things:
    from django.utils import timezone

    from satu.demo import accounts
    from satu.identity.models import CodeSent

    CodeSent.objects.all().delete()  # so many an hour; those of an earlier run do not count
    accounts.build(timezone.localdate())  # a city of an earlier run has the people of that day
    cast, things = Cast(), defaultdict(list, SAID)
    for make in (_letters, _decisions, _licence, _billboard, _drafts, _second_steps, _rest):
        make(cast, things)
    return dict(things)


def _letters(cast: Cast, things: Things) -> None:
    """A letter that is issued and shown to somebody."""
    from satu.documents.sharing import share_document

    siti = cast.resident("Mother of two children at school")
    sent = _sent("domisili", siti, purpose="membuka rekening bank")
    case = _until(sent, siti, "issued")
    assert case.document is not None
    things["case_id"].append(str(case.id))
    things["document_id"].append(str(case.document.id))
    things["code"].append(case.document.code)
    things["mother"].append(siti.nik.value)
    share = share_document(document_id=case.document.id, shows="content", hours=24, openings=0, by=siti)
    things["share_id"].append(str(share.id))
    things["secret"].append(share.address.rpartition("/")[2])


def _decisions(cast: Cast, things: Things) -> None:
    """Requests that wait for an officer, were sent back, refused, and objected to."""
    from satu.services import actions

    siti, rina = cast.resident("Mother of two children at school"), cast.officer("loket@kelurahan.demo")
    cases = [_sent("sktm", siti, purpose=purpose) for purpose in ("beasiswa", "obat", "sekolah", "listrik")]
    waiting, returned, refused, objected = cases
    actions.post_message(case_id=waiting.id, text="Berkas apa yang masih kurang?", by=siti)
    actions.post_task_message(task_id=_task(waiting), text="Mohon tunggu sampai besok.", by=rina)
    for case, decision in ((returned, "correction"), (refused, "refuse"), (objected, "refuse")):
        actions.decide_task(task_id=_task(case), decision=decision, reason=WHY, by=rina)
    _until(objected, siti, "refused")
    actions.object_to_refusal(case_id=objected.id, text="Suami saya sudah tidak bekerja sejak bulan lalu.", by=siti)
    things["case_id"] += [str(case.id) for case in cases]
    things["task_id"] += [str(_task(waiting)), str(_first_task(refused)), str(_task(objected))]


def _licence(cast: Cast, things: Things) -> None:
    """A health worker's licence in the register, and a request for another that waits."""
    from satu.permits.queries import licences_for
    from satu.services import actions
    from tests.journeys import applying

    doctor, agus = cast.resident("Doctor"), cast.officer("perizinan@dpmptsp.demo")
    if not licences_for(agus, text=""):
        case = applying.begin(service="sip", by=doctor)
        asked = [question for question in case.questions if question.is_asked]
        answers = {"place": asked[0].choices[0].value} if asked else {}
        case = applying.send(case_id=case.id, answers=answers, by=doctor)
        actions.decide_task(task_id=_task(case), decision="approve", reason="", by=agus)
        _until(case, doctor, "issued")
        _wait(lambda: bool(licences_for(agus, text="")), "the licence is not in the register")
    things["licence_id"].append(str(licences_for(agus, text="")[0].id))


def _billboard(cast: Cast, things: Things) -> None:
    """One place to be inspected, and one bill that waits to be paid."""
    from satu.finance.queries import bills_of_case
    from satu.services import actions
    from tests.journeys import applying
    from tests.journeys.test_reklame import DESIGN, HERE, PHOTO

    owner, agus = cast.resident("Owner of a business"), cast.officer("perizinan@dpmptsp.demo")
    yuni = cast.officer("lapangan@dpmptsp.demo")
    cases = []
    for _each in range(2):
        case = applying.begin(service="reklame", by=owner)
        design = actions.attach(case_id=case.id, key="design", name="rancangan.png", content=DESIGN, by=owner)
        answers = {"kind": "board_8", "duration": "m3", "site": _somewhere()}
        cases.append(applying.send(case_id=case.id, answers=answers, by=owner))
    waiting, billed = cases
    things["attachment_id"].append(str(design))
    task = _task(billed)
    photo = actions.attach_to_task(task_id=task, key="photo", name="lokasi.jpg", content=PHOTO, by=yuni)
    things["attachment_id"].append(str(photo))
    actions.decide_task(
        task_id=task, decision="approve", reason="", answers={"position": HERE, "fits": "yes"}, by=yuni
    )
    _wait(lambda: _task(billed) != task, "the licensing officer has no task")
    things["task_id"] += [str(_task(waiting)), str(_task(billed))]
    things["inspection"].append(str(_task(waiting)))
    actions.decide_task(task_id=_task(billed), decision="approve", reason="", by=agus)
    _wait(lambda: bool(bills_of_case(billed.number)), "no bill was made")
    things["bill_id"].append(str(bills_of_case(billed.number)[-1].id))
    things["case_id"].append(str(billed.id))


def _drafts(cast: Cast, things: Things) -> None:
    """What each service asks, before it is sent."""
    from tests.journeys import applying

    drafts = {
        "domisili": "Pensioner, head of his family",
        "pindah": "Mother of two children at school",
        "akta-kelahiran": "Mother of a newborn child",
        "reklame": "Owner of a business",
        "sip": "Nurse",
        "belum-menikah": "Student, living with the parents",
    }
    for service, said in drafts.items():
        things["case_id"].append(str(applying.begin(service=service, by=cast.resident(said)).id))


def _second_steps(cast: Cast, things: Things) -> None:
    """Somebody with an authenticator app and spare codes."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from satu.identity.models import Account

    said = cast.resident("Student, living with the parents")
    student = Account.objects.get(pk=said.reference.rpartition(":")[2])
    if not Authenticator.objects.filter(user=student).exists():
        TOTP.activate(student, generate_totp_secret())
        RecoveryCodes.activate(student)
    things["second_step"] += [student.login, str(student.pk)]


def _rest(cast: Cast, things: Things) -> None:
    """An offer, an address that waits for its code, an officer's look at a person, notices."""
    from django.utils import timezone

    from satu.hub.actions import open_inquiry
    from satu.hub.types import Subject
    from satu.kernel.city import Label
    from satu.messaging import actions as messaging
    from satu.messaging.queries import channels_of, inbox_of
    from satu.services import actions

    siti, rina = cast.resident("Mother of two children at school"), cast.officer("loket@kelurahan.demo")
    assert siti.nik is not None
    offer = actions.offer_case(
        service="domisili",
        about=siti.nik,
        because=Label(id="Alamat Anda berubah.", en="Your address has changed."),
        idempotency_key="tests.browser",
        until=timezone.localdate() + timedelta(days=30),
    )
    things["offer_id"].append(str(offer))
    report = actions.report_own_fact(fact="person.name", note="Seharusnya ditulis Aminnah.", by=siti)
    things["report_id"].append(str(report))
    if not any(one.waiting for one in channels_of(siti)):
        messaging.add_contact_point(channel="email", address="alamat.baru@warga.example", by=siti)
    things["contact_point_id"] += [str(one.waiting.id) for one in channels_of(siti) if one.waiting]
    inquiry = open_inquiry(reason="counter-service", subject=Subject.person(siti.nik), note="", by=rina)
    things["inquiry_id"].append(str(inquiry.reference))
    things["notice_id"] += [str(notice.id) for notice in inbox_of(siti)[:1]]


def _somewhere() -> str:
    """An address in the built city, as the form of a service takes it."""
    from satu.registry.models import Area

    rt = Area.objects.filter(level=4).select_related("parent__parent").order_by("pk")[0]
    number = {"rt": rt.code.rpartition(".")[2], "rw": rt.parent.code.rpartition(".")[2]}
    return json.dumps({"kelurahan": rt.parent.parent.name, "line": "Jl. Daan Mogot No. 12", **number})


def _sent(service: str, by: "Actor", **answers: str) -> "CaseView":
    from tests.journeys import applying

    case = applying.begin(service=service, by=by)
    return applying.send(case_id=case.id, answers=answers, by=by)


def _task(case: "CaseView") -> UUID:
    """The last task of a case."""
    from satu.services.models import Task

    return Task.objects.filter(case_id=case.id).latest("opened_at").pk


def _first_task(case: "CaseView") -> UUID:
    from satu.services.models import Task

    return Task.objects.filter(case_id=case.id).earliest("opened_at").pk


def _until(case: "CaseView", by: "Actor", state: str) -> "CaseView":
    """The case once the worker has brought it to this state."""
    from satu.services.queries import case_for

    _wait(lambda: case_for(case.id, by=by).state == state, f"{case.number} does not become {state}")
    return case_for(case.id, by=by)


def _wait(true: Callable[[], bool], otherwise: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(otherwise)
        time.sleep(0.1)


def main() -> None:
    from satu.config.cli import state_folder
    from satu.config.postgres import ensure_database

    ensure_database(state_folder())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satu.config.settings")
    import django

    django.setup()
    json.dump(furnish(), sys.stdout)


if __name__ == "__main__":
    main()
