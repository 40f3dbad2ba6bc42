"""The only writers of notices and deliveries."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from satu.identity import actions as identity
from satu.identity import invitations, officers
from satu.identity import queries as people
from satu.identity.types import Actor, Channel, ContactPoint, Recipient
from satu.kernel import jobs
from satu.kernel.audit import audit
from satu.kernel.city import Label, the_city
from satu.kernel.errors import Conflict, Missing, NotAllowed
from satu.kernel.identifiers import Nik, numbers_in
from satu.messaging.kinds import ACCOUNT_CODE, CONTACT_CODE, INVITATION, Kind, fill, the_kind
from satu.messaging.models import Delivery, Notice, Unsubscription
from satu.messaging.ports import Message, NotTaken, port_of
from satu.messaging.ports.sms import Status
from satu.messaging.queries import values_of
from satu.messaging.types import Value

State = Delivery.State
INVITED_PATH = "/akun/kode/?undangan="
INBOX_PATH = "/pemberitahuan/"
SETTINGS_PATH = "/pemberitahuan/pengaturan/"
FIRST_WAIT = timedelta(seconds=4)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=1)
_BY_AN_OPERATOR = 1  # a job's priority: it does not wait for one that is planned for later


def notify(
    *,
    kind: str,
    values: Mapping[str, Value],
    reference: str,
    idempotency_key: str,
    by: Actor,
    account_id: int | None = None,
    nik: Nik | None = None,
) -> UUID | None:
    """Put a notice into somebody's inbox, and send it where she can be reached; all in the caller's transaction.

    The same ``idempotency_key`` is the same notice, sent once. ``values`` are those that the city's text of the kind
    names; no NIK or number of a family card may be among them (``ValueError``). ``reference`` is what it is about,
    ``case:<uuid>``. Returns ``None`` when she has no account: then nobody was told. Raises ``Missing`` (kind).
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("notify() belongs inside the transaction of what it tells of")
    the = the_kind(kind)
    _check_values(the, values)
    to = people.recipient(account_id=account_id, nik=nik)
    if to is None:
        return None
    notice, created = Notice.objects.get_or_create(
        idempotency_key=idempotency_key,
        defaults={
            "account_id": to.account_id,
            "kind": kind,
            "values": {name: _as_json(value) for name, value in values.items()},
            "reference": reference,
        },
    )
    if (notice.account_id, notice.kind) != (to.account_id, kind):
        raise Conflict("another notice has this idempotency key")
    if created:
        audit(actor=by.reference, action="messaging.notified", thing=reference, detail={"kind": kind})
        _send_where_she_can_be_reached(notice, the, to)
    return notice.pk


def add_contact_point(*, channel: Channel, address: str, by: Actor) -> ContactPoint:
    """Add an address and send the code that verifies it there. Raises what ``identity`` raises."""
    with transaction.atomic():
        point = identity.add_contact_point(channel=channel, address=address, by=by)
        _queue(None, CONTACT_CODE, point)
    return point


def send_account_codes(points: Iterable[ContactPoint]) -> None:
    """Send to each of these addresses the code that opens its account; in the caller's transaction."""
    for point in points:
        _queue(None, ACCOUNT_CODE, point)


@transaction.atomic
def invite_officer(*, account_id: int, by: Actor) -> None:
    """Send an officer who was added a link and a code to open her account. Raises as ``identity.invitations``."""
    _queue(None, INVITATION, invitations.invite_officer(account_id=account_id, by=by))


@transaction.atomic
def add_officer(*, login: str, name: str, duties: Iterable[str], areas: Iterable[str], by: Actor) -> int:
    """A new officer, with her invitation on its way. Raises as ``identity.officers``."""
    number = officers.add_officer(login=login, name=name, duties=duties, areas=areas, by=by)
    invite_officer(account_id=number, by=by)
    return number


@transaction.atomic
def appoint_administrator(*, login: str, name: str, agency: str) -> int:
    """The first administrator of an agency, with her invitation on its way. Raises as ``identity.officers``."""
    number = officers.appoint_administrator(login=login, name=name, agency=agency)
    invite_again(login=login)
    return number


@transaction.atomic
def invite_again(*, login: str) -> None:
    """Send an officer her invitation, by whoever runs Satu. Raises as ``identity.invitations``."""
    _queue(None, INVITATION, invitations.invite_by_login(login=login))


@transaction.atomic
def subscribe(*, channel: Channel, wanted: bool, by: Actor) -> None:
    """Whether she wants notices on a channel. The inbox is none, and stays."""
    account_id = _account(by)
    if wanted:
        Unsubscription.objects.filter(account_id=account_id, channel=channel).delete()
    else:
        Unsubscription.objects.get_or_create(account_id=account_id, channel=channel)
    audit(actor=by.reference, action="messaging.subscribed", thing=channel, detail={"wanted": wanted})


def mark_read(*, notice_id: UUID, by: Actor) -> None:
    """She has seen it. Again is once. Raises ``Missing``, also for somebody else's."""
    mine = Notice.objects.filter(pk=notice_id, account_id=_account(by))
    if not mine.filter(read_at=None).update(read_at=timezone.now()) and not mine.exists():
        raise Missing(_("There is no such notice."))


def mark_all_read(*, by: Actor) -> None:
    Notice.objects.filter(account_id=_account(by), read_at=None).update(read_at=timezone.now())


# --------------------------------------------------------------------------------------------------------- worker


def send_delivery(*, delivery_id: UUID) -> None:
    """Try to hand over one message, and record what came of it. Jobs of one delivery run one after the other.

    No transaction is open while the provider is asked. One who dies between its answer and our record tries again
    under the same key: what the provider has it does not send twice.
    """
    taken_up = _take_up(delivery_id)
    if taken_up is None:
        return
    channel, message = taken_up
    try:
        reference = port_of(channel).send(message)
    except NotTaken as error:
        _record_failure(delivery_id, error)
    else:
        _record_sent(delivery_id, reference)


@transaction.atomic
def record_status(*, status: Status) -> None:
    """What the provider says became of a message. News that is late or comes twice changes nothing.

    Raises ``Missing`` for a message that is not ours.
    """
    delivery_id, _dot, number = status.key.partition(".")
    delivery = _locked(delivery_id)
    if delivery is None:
        raise Missing("no such message")
    if str(delivery.round) != number or delivery.state in {State.DELIVERED, State.DROPPED}:
        return
    now = timezone.now()
    # The news can be faster than our own record that it was handed over.
    delivery.sent_at = delivery.sent_at or now
    delivery.attempts = max(delivery.attempts, 1)
    delivery.provider_reference = status.provider_reference[:200]
    delivery.next_attempt_at = None
    if status.state == "delivered":
        delivery.state, delivery.reason, delivery.delivered_at = State.DELIVERED, "", now
    else:
        delivery.state, delivery.reason, delivery.failed_at = State.FAILED, "undeliverable", now
    delivery.save()


@transaction.atomic
def retry_delivery(*, delivery_id: UUID, by: Actor) -> None:
    """Try a failed message again now. Raises ``Missing`` and ``Conflict``.

    If the provider itself said that it did not arrive, it is sent anew; else it is the same message as before.
    """
    delivery = _locked(str(delivery_id))
    if delivery is None:
        raise Missing("no such message")
    if delivery.state not in {State.FAILED, State.QUEUED}:
        raise Conflict("this message has not failed")
    if delivery.sent_at is not None:
        delivery.round += 1
    delivery.state, delivery.reason, delivery.next_attempt_at, delivery.sent_at = State.QUEUED, "", None, None
    delivery.queued_at = timezone.now()
    delivery.save()
    audit(actor=by.reference, action="messaging.retried", thing=f"delivery:{delivery.pk}")
    _defer(delivery, priority=_BY_AN_OPERATOR)


# ---------------------------------------------------------------------------------------------------------- parts


def _account(by: Actor) -> int:
    account_id = people.account_id_of(by)
    if account_id is None:
        raise NotAllowed(_("Sign in first."))
    return account_id


def _check_values(kind: Kind, values: Mapping[str, Value]) -> None:
    if not kind.inbox:
        raise ValueError(f"{kind.name} is not for an inbox")
    if values.keys() != kind.values:
        raise ValueError(f"{kind.name} needs the values {sorted(kind.values)}, and got {sorted(values)}")
    for name, value in values.items():
        for text in (value.id, value.en) if isinstance(value, Label) else (value,):
            if not _is_uuid(text) and numbers_in(text):
                raise ValueError(f"the value {name} holds a number of a person or family")


def _is_uuid(text: str) -> bool:
    """A UUID can look like sixteen digits by chance."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _as_json(value: Value) -> str | dict[str, str]:
    return {"id": value.id, "en": value.en} if isinstance(value, Label) else value


def _send_where_she_can_be_reached(notice: Notice, kind: Kind, to: Recipient) -> None:
    reachable = {channel: to.contact_points[channel] for channel in kind.channels if channel in to.contact_points}
    if not reachable:
        return
    unwanted = set(Unsubscription.objects.filter(account_id=to.account_id).values_list("channel", flat=True))
    for channel, point in reachable.items():
        if channel not in unwanted:
            _queue(notice, kind.name, point)


def _queue(notice: Notice | None, kind: str, point: ContactPoint) -> None:
    delivery = Delivery.objects.create(
        notice=notice,
        contact_point=point.id,
        kind=kind,
        channel=point.channel,
        shown_address=point.shown,
        queued_at=timezone.now(),
    )
    _defer(delivery)


def _defer(delivery: Delivery, *, at: datetime | None = None, priority: int = 0) -> None:
    """A job in the transaction of the record. The lock keeps two jobs of one delivery from running at once."""
    jobs.defer(
        "messaging.send",
        queue="messages",
        arguments={"delivery_id": str(delivery.pk)},
        lock=f"delivery:{delivery.pk}",
        priority=priority,
        at=at,
    )


def _locked(delivery_id: str) -> Delivery | None:
    try:
        return Delivery.objects.select_for_update().filter(pk=UUID(delivery_id)).first()
    except ValueError:
        return None


def _is_due(delivery: Delivery) -> bool:
    """Neither out, nor given back by the provider after it was out, nor dropped."""
    return delivery.state in {State.QUEUED, State.FAILED} and delivery.sent_at is None


@transaction.atomic
def _take_up(delivery_id: UUID) -> tuple[Channel, Message] | None:
    """The message that is due, with the attempt counted; ``None`` when it is out already or not wanted any more."""
    delivery = _locked(str(delivery_id))
    if delivery is None:
        raise Missing("no such message")
    if not _is_due(delivery):
        return None
    point = people.contact_point(delivery.contact_point)
    dropped, values = _values_now(delivery, point)
    if dropped or point is None:
        delivery.state, delivery.reason, delivery.next_attempt_at = State.DROPPED, dropped, None
        delivery.save()
        return None
    delivery.attempts += 1
    delivery.save(update_fields=["attempts"])
    return point.channel, _message(delivery, point, values)


def _values_now(delivery: Delivery, point: ContactPoint | None) -> tuple[str, Mapping[str, Value]]:
    """Why it is not sent any more, if so; and what fills its text."""
    if point is None:
        return "no-address", {}
    if delivery.notice is None:
        code = people.verification_code(point.id)
        if not code:
            return "code-too-old", {}
        return "", {"code": code} | ({"address": _invited_to(point)} if delivery.kind == INVITATION else {})
    if Unsubscription.objects.filter(account_id=point.account_id, channel=point.channel).exists():
        return "unsubscribed", {}
    return "", values_of(delivery.notice)


def _invited_to(point: ContactPoint) -> str:
    return f"{settings.SATU_PUBLIC_URL.rstrip('/')}{INVITED_PATH}{point.id}"


def _message(delivery: Delivery, point: ContactPoint, values: Mapping[str, Value]) -> Message:
    kind = the_kind(delivery.kind)
    with translation.override(people.language_of(point.account_id)):
        subject = fill(str(kind.subject), values)
        if point.channel == "sms":
            text = fill(str(kind.sms), values)
        else:
            text = "\n\n".join([fill(str(kind.email), values), *_foot(kind)])
    return Message(key=delivery.key, address=point.address, subject=subject, text=text)


def _foot(kind: Kind) -> list[str]:
    address = settings.SATU_PUBLIC_URL.rstrip("/")
    lines = []
    if kind.inbox:
        lines.append(_("Your notices: %(url)s") % {"url": address + INBOX_PATH})
        lines.append(_("No more e-mails: %(url)s") % {"url": address + SETTINGS_PATH})
    return [*lines, f"Satu {the_city().name}"]


@transaction.atomic
def _record_sent(delivery_id: UUID, reference: str) -> None:
    delivery = _locked(str(delivery_id))
    if delivery is None or not _is_due(delivery):
        return  # the provider's own news was faster
    delivery.state, delivery.reason, delivery.next_attempt_at = State.SENT, "", None
    delivery.sent_at, delivery.provider_reference = timezone.now(), reference[:200]
    delivery.save()


@transaction.atomic
def _record_failure(delivery_id: UUID, error: NotTaken) -> None:
    """It has failed, and says so until it is out; if it may go better later, the next try is planned with it."""
    delivery = _locked(str(delivery_id))
    if delivery is None or not _is_due(delivery):
        return
    now = timezone.now()
    at = now + min(FIRST_WAIT * 2 ** min(delivery.attempts - 1, 20), LONGEST_WAIT)
    again = error.again and at < delivery.queued_at + GIVE_UP_AFTER
    delivery.state, delivery.reason, delivery.failed_at = State.FAILED, error.reason, now
    delivery.next_attempt_at = at if again else None
    delivery.save()
    if again:
        _defer(delivery, at=at)
