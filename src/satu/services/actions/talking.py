"""What an applicant and the officers of her case's tasks write to each other, with files."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.identity.types import Actor, account_number
from satu.kernel.errors import Conflict, InvalidInput
from satu.kernel.identifiers import Nik
from satu.messaging.actions import notify
from satu.messaging.types import Value
from satu.services.actions.attaching import FREE_BYTES, FREE_KINDS, Scanned, keep_files
from satu.services.actions.running import package_of
from satu.services.conversation.files import CheckedFile, check_file
from satu.services.conversation.models import Message, Thread
from satu.services.conversation.types import ConversationView
from satu.services.models import Case, Task, TaskDecision
from satu.services.policies import own_case, own_task
from satu.services.queries.conversation import conversation_of, may_write

#: The longest message, in characters, and the most files that go with one.
MESSAGE_LENGTH = 2000
MESSAGE_FILES = 5
Files = Sequence[tuple[str, bytes]]


def post_message(*, case_id: UUID, text: str, by: Actor, token: UUID | None = None, files: Files = ()) -> UUID:
    """Her message to the officers of her open case. The same ``token`` is the same message, however often it comes.

    ``files`` are names and contents. Raises ``Missing``, ``Conflict`` (nobody reads there any more), ``InvalidInput``
    (``text``, ``file``), and what ``attach`` raises of a file.
    """
    case = own_case(case_id, by=by)
    return _post(case, _read(text, files), by, token or uuid4(), None)


def post_task_message(*, task_id: UUID, text: str, by: Actor, token: UUID | None = None, files: Files = ()) -> UUID:
    """An officer's message to the applicant of the case that her task is about.

    Raises what ``policies.own_task`` and ``post_message`` raise.
    """
    task = own_task(task_id, by=by)
    return _post(task.case, _read(text, files), by, token or uuid4(), task)


def read_messages(*, case_id: UUID, by: Actor) -> ConversationView:
    """The conversation on her case, for its page; from now on she has read it. Raises ``Missing``."""
    case = own_case(case_id, by=by)
    view = conversation_of(case, by=by)
    if view.unread:
        Thread.objects.filter(case=case).update(applicant_read_at=timezone.now())
    return view


def read_task_messages(*, task_id: UUID, by: Actor) -> ConversationView:
    """The conversation on the case that her task is about; from now on an officer has read it.

    The page opens the task first, so the access ledger knows. Raises what ``policies.own_task`` raises.
    """
    case = own_task(task_id, by=by).case
    view = conversation_of(case, by=by)
    if view.unread:
        Thread.objects.filter(case=case).update(officers_read_at=timezone.now(), waits_for_officer=False)
    return view


@dataclass(frozen=True, slots=True)
class _Letter:
    text: str
    files: Sequence[CheckedFile]


def _read(text: str, files: Files) -> _Letter:
    clean = clean_text(text)
    if len(files) > MESSAGE_FILES:
        raise InvalidInput(_("Send at most %(count)s files at once.") % {"count": MESSAGE_FILES}, field="files")
    return _Letter(
        clean, [check_file(name, content, kinds=FREE_KINDS, max_bytes=FREE_BYTES) for name, content in files]
    )


def _post(case: Case, letter: _Letter, by: Actor, token: UUID, task: Task | None) -> UUID:
    if (before := _sent_before(case, by, token)) is not None:
        return before

    def write(scanned: Sequence[Scanned]) -> tuple[UUID, bool]:
        locked = Case.objects.select_for_update(of=("self",)).select_related("version").get(pk=case.pk)
        if (before := _sent_before(locked, by, token)) is not None:
            return before, False
        if not may_write(locked):
            raise Conflict(_("This request is closed, so nobody reads messages here any more."))
        message = Message.objects.create(
            case=locked,
            text=letter.text,
            token=token,
            by=by.reference,
            by_kind=by.kind,
            by_name=by.name,
            agency=by.agency,
        )
        for one in scanned:
            one.record(by, case=locked, message=message)
        _mark(locked, message)
        _tell_other_side(locked, message, task)
        return message.pk, True

    return keep_files(letter.files, write)


def _sent_before(case: Case, by: Actor, token: UUID) -> UUID | None:
    return Message.objects.filter(case=case, by=by.reference, token=token).values_list("pk", flat=True).first()


def clean_text(text: str) -> str:
    """Plain text: lines stay, what cannot be seen goes."""
    unified = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = ("".join(one for one in line if unicodedata.category(one)[0] != "C") for line in unified.split("\n"))
    clean = "\n".join(line.rstrip() for line in lines).strip()
    if not clean:
        raise InvalidInput(_("Write something first."), field="text")
    if len(clean) > MESSAGE_LENGTH:
        raise InvalidInput(_("Use at most %(count)s characters.") % {"count": MESSAGE_LENGTH}, field="text")
    return clean


def _mark(case: Case, message: Message) -> None:
    """Whoever writes has read; an officer has to read what the applicant wrote."""
    from_officer = message.by_kind == "officer"
    read = "officers_read_at" if from_officer else "applicant_read_at"
    Thread.objects.update_or_create(
        case=case, defaults={"last_at": message.at, "waits_for_officer": not from_officer, read: message.at}
    )


def _tell_other_side(case: Case, message: Message, task: Task | None) -> None:
    """The applicant; or the officers who have decided or written in this case. The others see it in their tasks."""
    about: dict[str, Value] = {"service": package_of(case).name, "number": case.number or ""}
    if task is not None:
        notify(
            kind="message-from-officer",
            values={**about, "case": str(case.pk)},
            reference=f"case:{case.pk}",
            idempotency_key=f"message:{message.pk}",
            nik=Nik(case.applicant_nik),
            by=_actor(message),
        )
        return
    wrote = Message.objects.filter(case=case, by_kind="officer").values_list("by", "agency")
    decided = TaskDecision.objects.filter(task__case=case).values_list("by", "agency")
    for reference, agency in sorted({*wrote, *decided}):
        open_task = case.tasks.filter(state=Task.State.OPEN, agency=agency).order_by("due_on", "id").first()
        account_id = account_number(reference)
        if open_task is not None and account_id is not None:
            notify(
                kind="message-from-applicant",
                values={**about, "task": str(open_task.pk)},
                reference=f"case:{case.pk}",
                idempotency_key=f"message:{message.pk}:{account_id}",
                account_id=account_id,
                by=_actor(message),
            )


def _actor(message: Message) -> Actor:
    kind = "officer" if message.by_kind == "officer" else "resident"
    return Actor(reference=message.by, kind=kind, name=message.by_name, agency=message.agency)  # type: ignore[arg-type]
