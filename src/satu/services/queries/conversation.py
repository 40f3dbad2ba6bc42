"""What was written on a case, and which of it an officer still has to read."""

from django.db import connection
from django.utils.translation import gettext as _

from satu.identity.types import Actor
from satu.kernel.city import the_city
from satu.kernel.errors import NotAllowed
from satu.services.conversation.models import Message, Thread
from satu.services.conversation.types import ConversationView, MessageView, WaitingMessage
from satu.services.models import Case
from satu.services.packages import package_at
from satu.services.queries.attachments import view_of

#: Few threads wait at any time, and they have an index of their own: so it begins there.
_UNREAD = """
SELECT task.id, coalesce(c.number, ''), task.applicant_name, thread.last_at
FROM conversation_thread thread
JOIN services_case c ON c.id = thread.case_id JOIN services_task task ON task.case_id = c.id
WHERE thread.waits_for_officer AND task.state = 'open'
    AND task.agency = %(agency)s AND task.duty = ANY(%(duties)s::text[])
    AND (%(areas)s::text[] IS NULL OR task.area = ANY(%(areas)s::text[]))
ORDER BY thread.last_at, task.id LIMIT %(limit)s"""


def conversation_of(case: Case, *, by: Actor) -> ConversationView:
    """What was written, oldest first, with what the reader's side had not read. The caller has checked who reads."""
    side = "officer" if by.kind == "officer" else "resident"
    thread = Thread.objects.filter(case=case).first()
    read_at = (thread.officers_read_at if side == "officer" else thread.applicant_read_at) if thread else None
    messages = Message.objects.filter(case=case).order_by("at", "pk").prefetch_related("attachments")
    return ConversationView(
        messages=tuple(
            MessageView(
                id=one.pk,
                mine=one.by_kind == side,
                who=_who(one, side),
                text=one.text,
                at=one.at,
                unread=one.by_kind != side and (read_at is None or one.at > read_at),
                files=tuple(view_of(file, None, removable=False) for file in one.attachments.all()),
            )
            for one in messages
        ),
        may_write=may_write(case),
    )


def may_write(case: Case) -> bool:
    """While the case is open and an officer has a part in it."""
    return case.state in Case.OPEN and bool(package_at(case.service, case.version.version).tasks)  # type: ignore[union-attr]


def unread_messages(*, by: Actor, limit: int = 20) -> list[WaitingMessage]:
    """Open tasks of hers in which the applicant has written and nobody has read it, the oldest first; one query."""
    if by.kind != "officer":
        raise NotAllowed(_("Only an officer of the city has a queue."))
    values = {"agency": by.agency, "duties": sorted(by.duties), "areas": sorted(by.areas) or None, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD, values)
        return [WaitingMessage(*row) for row in cursor.fetchall()]


def _who(message: Message, reader: str) -> str:
    if message.by_kind == "resident":
        return _("The applicant") if reader == "officer" else _("You")
    agency = str(the_city().agencies[message.agency].name)
    return f"{message.by_name}, {agency}" if reader == "officer" else agency
