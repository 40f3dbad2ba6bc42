"""What the ledger can be asked."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from satu.hub.ledger import models
from satu.hub.ledger.canonical import COLUMNS, EntryRow, leaf_data
from satu.hub.ledger.merkle import Step, consistency_steps, inclusion_steps, span_nodes, span_root
from satu.hub.ledger.tiles import read_nodes
from satu.hub.ledger.types import Access, Backlog, InclusionProof, ReleasedFact, TreeHead
from satu.hub.types import Subject
from satu.kernel.city import Label, the_city
from satu.kernel.errors import InvalidInput, Missing

_BACKLOG = """
    WITH here AS (SELECT (pg_control_system()).system_identifier AS cluster),
    head AS (SELECT cluster, horizon FROM ledger_treehead ORDER BY size DESC LIMIT 1)
    SELECT count(*), min(entry.recorded_at) FROM ledger_entry entry
    WHERE entry.cluster = (SELECT cluster FROM here)
        AND entry.transaction_id >= coalesce((SELECT horizon FROM head JOIN here USING (cluster)), 0)
        AND NOT EXISTS (SELECT FROM ledger_leaf leaf WHERE leaf.entry_id = entry.id)"""


def accesses_about(subject: Subject, *, limit: int, before: UUID | None = None) -> list[Access]:
    """The looks at a subject, newest first; the next page is ``before`` the last one's ``entry_id``. One statement.

    Whoever calls this makes sure that it is the subject herself (or somebody entitled) who asks.
    """
    entries = models.Entry.objects.filter(subject_key=subject.key, subject_kind=subject.kind)
    if before is not None:
        entries = entries.filter(id__lt=before)
    return [_access(entry) for entry in entries.select_related("leaf").order_by("-id")[:limit]]


def access_about(subject: Subject, entry_id: UUID) -> Access:
    """One look at a subject. Raises ``Missing``, also for a look at somebody else."""
    entries = models.Entry.objects.filter(subject_key=subject.key, subject_kind=subject.kind, id=entry_id)
    entry = entries.select_related("leaf").first()
    if entry is None:
        raise Missing(_("There is no such access to your data."))
    return _access(entry)


def _access(entry: models.Entry) -> Access:
    return Access(
        entry_id=entry.id,
        at=entry.recorded_at,
        kind=entry.kind,  # type: ignore[arg-type]  # the table's constraint
        actor=entry.actor,
        actor_kind=entry.actor_kind,  # type: ignore[arg-type]
        who=entry.actor_name,
        agency_code=entry.actor_agency,
        agency=the_city().agencies.get(entry.actor_agency),
        why=Label(id=entry.purpose_id, en=entry.purpose_en),
        purpose_kind=entry.purpose_kind,  # type: ignore[arg-type]
        reference=entry.purpose_reference,
        legal_basis=entry.legal_basis,
        facts=tuple(map(ReleasedFact, entry.facts, entry.systems, entry.outcomes)),  # type: ignore[arg-type]
        dossier_id=entry.dossier_id,
        sealed=hasattr(entry, "leaf"),
    )


def tree_head() -> TreeHead | None:
    """The newest head; ``None`` as long as nothing has been sealed."""
    head = models.TreeHead.objects.order_by("-size").first()
    return TreeHead(size=head.size, root=bytes(head.root), sealed_at=head.sealed_at) if head else None


def backlog() -> Backlog:
    """What waits to be sealed. It is more than a second old only while no sealer works, or it can't keep up."""
    with connection.cursor() as cursor:
        cursor.execute(_BACKLOG)
        return Backlog(*cursor.fetchone())


def inclusion_proof(entry_id: UUID) -> InclusionProof:
    """Proof that an entry stands under the newest head. Reads O(log n) rows. ``Missing`` while it is not sealed."""
    head = tree_head()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT leaf.index, {COLUMNS} FROM ledger_leaf leaf JOIN ledger_entry entry ON entry.id = leaf.entry_id
            WHERE leaf.entry_id = %s""",  # noqa: S608 - constants
            [entry_id],
        )
        row = cursor.fetchone()
    if row is None or head is None or row[0] >= head.size:
        raise Missing(_("This access is not sealed yet. Try again in a moment."))
    entry = EntryRow(*row[1:])
    salt = bytes(entry.salt)
    return InclusionProof(
        entry_id=entry_id,
        leaf_data=leaf_data(entry),
        subject_salt=salt[:16],
        look_salt=salt[16:],
        index=row[0],
        head=head,
        path=_path(inclusion_steps(row[0], head.size)),
    )


def consistency_proof(old_size: int, new_size: int) -> tuple[bytes, ...]:
    """Proof that the tree of ``new_size`` begins with the whole tree of ``old_size``. Reads O(log n) rows."""
    head = tree_head()
    if not 0 < old_size <= new_size or head is None or new_size > head.size:
        raise InvalidInput(_("The ledger has no such sizes to compare."))
    return _path(consistency_steps(old_size, new_size))


def _path(steps: Sequence[Step]) -> tuple[bytes, ...]:
    known = read_nodes({node for step in steps for node in span_nodes(*step.span)})
    return tuple(span_root(step.span, known) for step in steps)
