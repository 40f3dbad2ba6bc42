"""Files: sent by an applicant where the package asks for them, or by an officer to her task; and looked at."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.documents import storage
from satu.documents.storage import StoredFile
from satu.hub.ledger import actions as ledger
from satu.hub.ledger.types import NewEntry, ReleasedFact
from satu.hub.types import Subject
from satu.identity.types import Actor
from satu.kernel.audit import audit
from satu.kernel.errors import Conflict, Missing
from satu.kernel.identifiers import Nik
from satu.services import queries
from satu.services.actions.running import package_of
from satu.services.answers import holds
from satu.services.conversation.files import MEGABYTE, PHOTOS, CheckedFile, check_file
from satu.services.conversation.models import Attachment, Message
from satu.services.conversation.scanning import the_scanner
from satu.services.conversation.types import AttachmentFile
from satu.services.every_service import task_spec
from satu.services.models import Case, Task
from satu.services.planning import purpose_of
from satu.services.policies import own_case, own_task
from satu.services.types import ServicePackage, UploadSpec

FOLDER = "attachments"
#: What the applicant's access ledger calls a file of hers that an officer looked at.
ATTACHMENT_FACT = "case.attachment"
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
FREE_KINDS = (*PHOTOS, "pdf")
FREE_BYTES = 10 * MEGABYTE
_TASK_FILES = 20


def attach(*, case_id: UUID, key: str, name: str, content: bytes, by: Actor) -> UUID:
    """Keep a file that the package asks for, in place of the one before. The same file again changes nothing.

    Its kind is told by its bytes, and a scanner looks at it before anything is kept. Raises ``Missing`` (case, or a
    key that the package does not have), ``Conflict`` (the case is sent), ``InvalidInput`` (kind, size), ``Infected``
    and ``ScannerDown``; nothing is kept then.
    """
    case = own_case(case_id, by=by)
    upload = _upload(case, key)
    _refuse_frozen(case)
    file = check_file(name, content, kinds=upload.kinds, max_bytes=upload.max_bytes)

    def current() -> Attachment | None:
        return Attachment.objects.filter(case_id=case_id, task=None, key=key, removed_at=None).first()

    def write(scanned: Sequence[Scanned]) -> tuple[UUID, bool]:
        locked = own_case(case_id, by=by, lock=True)
        _refuse_frozen(locked)
        before = current()
        if before is not None and _is_same(before, file):
            return before.pk, False
        if before is not None:
            _take_away(before, locked)
        return scanned[0].record(by, case=locked, key=key), True

    before = current()
    return before.pk if before is not None and _is_same(before, file) else keep_files([file], write)


def attach_to_task(*, task_id: UUID, key: str, name: str, content: bytes, by: Actor) -> UUID:
    """Keep an officer's photo or PDF with her open task, for example of a field inspection. The same again is once.

    ``key`` is the question of the task's form that it answers, which takes photos alone, or says what else it is, for
    the caller. Raises what ``policies.own_task`` raises, ``Conflict`` (the task is
    closed), and what ``attach`` raises of the file.
    """
    task = own_task(task_id, by=by)
    _refuse_closed(task)
    if not _KEY.fullmatch(key):
        raise Missing(_("This task does not take that file."))
    file = check_file(name, content, kinds=_kinds(task, key), max_bytes=FREE_BYTES)

    def same() -> Attachment | None:
        return Attachment.objects.filter(task_id=task_id, key=key, sha256=file.sha256, removed_at=None).first()

    def write(scanned: Sequence[Scanned]) -> tuple[UUID, bool]:
        case = Case.objects.select_for_update(of=("self",)).get(pk=task.case_id)
        locked = Task.objects.select_for_update().get(pk=task_id)
        _refuse_closed(locked)
        if (before := same()) is not None:
            return before.pk, False
        if Attachment.objects.filter(task=locked, removed_at=None).count() >= _TASK_FILES:
            raise Conflict(_("A task holds at most %(count)s files.") % {"count": _TASK_FILES})
        return scanned[0].record(by, case=case, key=key, task=locked), True

    before = same()
    return before.pk if before is not None else keep_files([file], write)


def remove_attachment(*, attachment_id: UUID, by: Actor) -> None:
    """Take a file away again: an applicant while the request is hers, an officer while her task is open.

    Twice is once. Raises ``Missing`` and ``Conflict``.
    """
    with transaction.atomic():
        kept = Attachment.objects.filter(pk=attachment_id).first()
        if kept is None or kept.by != by.reference or kept.message_id is not None:
            raise Missing(_("There is no such file or message for you."))
        if kept.task_id is None:
            _refuse_frozen(own_case(kept.case_id, by=by, lock=True))
        else:
            own_task(kept.task_id, by=by)
            _refuse_closed(Task.objects.select_for_update().get(pk=kept.task_id))
        kept = Attachment.objects.select_for_update().get(pk=attachment_id)
        if kept.removed_at is None:
            _take_away(kept, kept.case)


def open_attachment(*, attachment_id: UUID, by: Actor) -> AttachmentFile:
    """The file, for a page. When an officer looks, that stands in the applicant's access ledger before she sees it.

    Raises what ``queries.attachment_for`` raises.
    """
    file = queries.attachment_for(attachment_id, by=by)
    if by.kind == "officer":
        case = Case.objects.select_related("version").get(attachments=attachment_id)
        entry = NewEntry(
            subject=Subject.person(Nik(case.applicant_nik)),
            kind="pull",
            purpose=purpose_of(package_of(case), reference=f"case:{case.pk}", by=case.applicant),
            by=by,
            facts=[ReleasedFact(ATTACHMENT_FACT, "satu", "found")],
        )
        with transaction.atomic(durable=True):
            ledger.append([entry])
    return file


def discard_attachments(case: Case) -> None:
    """What belongs to a draft goes with it. In the transaction that ends the draft, before it ends."""
    for kept in Attachment.objects.filter(case=case):
        _take_away(kept, case)


def drop_unasked(case: Case, package: ServicePackage, values: Mapping[str, Any]) -> None:
    """What was sent under a condition that no longer holds does not go along. In the submission's transaction."""
    unasked = [upload.key for upload in package.uploads if upload.when and not holds(upload, values)]
    for kept in Attachment.objects.filter(case=case, task=None, key__in=unasked, removed_at=None) if unasked else ():
        _take_away(kept, case)


def sweep_attachments(*, stored_before: datetime) -> int:
    """Remove files that no attachment names and that are older than any transaction can be. Returns how many."""
    names = list(storage.stored_before(stored_before, folder=FOLDER))
    named = set(Attachment.objects.filter(file__in=names).values_list("file", flat=True))
    orphans = [name for name in names if name not in named]
    for name in orphans:
        storage.discard(name)
    return len(orphans)


@dataclass(frozen=True, slots=True)
class Scanned:
    """A file that is found clean and stored, and has no row yet."""

    file: CheckedFile
    stored: StoredFile
    scanner: str

    def record(self, by: Actor, *, case: Case, key: str = "", **to: Task | Message) -> UUID:
        """Its row, inside the caller's transaction."""
        kept = Attachment.objects.create(
            case=case,
            **to,
            key=key,
            name=self.file.name,
            content_type=self.file.content_type,
            size=len(self.file.content),
            sha256=self.file.sha256,
            file=self.stored.name,
            scan=Attachment.Scan.CLEAN,
            scanner=self.scanner,
            by=by.reference,
            by_kind=by.kind,
            by_name=by.name,
        )
        detail = {"key": key, "sha256": self.file.sha256}
        audit(actor=by.reference, action="services.attached", thing=f"case:{case.pk}", detail=detail)
        return kept.pk


def keep_files(files: Sequence[CheckedFile], write: Callable[[Sequence[Scanned]], tuple[UUID, bool]]) -> UUID:
    """Scan, store, and only then ``write`` the rows, in a transaction; files without a row are thrown away.

    ``write`` gives the id of what there is now, and whether it used the files.
    """
    names = [(file, the_scanner().scan(file.content)) for file in files]
    scanned: list[Scanned] = []
    used = False
    try:
        for file, scanner in names:
            scanned.append(Scanned(file, storage.keep(file.content, folder=FOLDER, suffix=""), scanner))
        with transaction.atomic():
            kept, used = write(scanned)
    finally:
        for one in [] if used else scanned:
            storage.discard(one.stored.name)
    return kept


def _take_away(kept: Attachment, case: Case) -> None:
    """From a draft nothing remains; later it is kept, as what somebody sent once, and shown no more."""
    if case.state == Case.State.DRAFT:
        name = kept.file
        kept.delete()
        transaction.on_commit(lambda: storage.discard(name))
    else:
        kept.removed_at = timezone.now()
        kept.save(update_fields=["removed_at"])


def _is_same(kept: Attachment, file: CheckedFile) -> bool:
    return (kept.sha256, kept.name) == (file.sha256, file.name)


def _upload(case: Case, key: str) -> UploadSpec:
    for upload in package_of(case).uploads:
        if upload.key == key:
            return upload
    raise Missing(_("This request does not ask for that file."))


def _kinds(task: Task, key: str) -> tuple[str, ...]:
    """What may be sent to a task under a key."""
    form = task_spec(package_of(task.case), task.name).form
    return PHOTOS if any(one.key == key and one.type == "photo" for one in form) else FREE_KINDS


def _refuse_frozen(case: Case) -> None:
    if case.state not in {Case.State.DRAFT, Case.State.RETURNED}:
        raise Conflict(_("This request is sent, so its files stay as they are."))


def _refuse_closed(task: Task) -> None:
    if task.state != Task.State.OPEN:
        raise Conflict(_("This task is closed, so its files stay as they are."))
