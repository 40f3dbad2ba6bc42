"""The files of a case: for its applicant, and for officers to whose agency, duty and area a task of it belongs."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from satu.documents import storage
from satu.identity.types import Actor
from satu.kernel.errors import Missing
from satu.services.answers import answer_values, holds
from satu.services.conversation.files import KINDS, MEGABYTE, shown
from satu.services.conversation.models import Attachment
from satu.services.conversation.policies import visible
from satu.services.conversation.types import AttachmentFile, AttachmentView, UploadView
from satu.services.dossiers import values_of
from satu.services.forms import read_form
from satu.services.models import Case
from satu.services.packages import package_at, the_package
from satu.services.policies import case_to_read, own_task
from satu.services.queries.parts import basis_of, outcomes_in, with_stated
from satu.services.types import ServicePackage, UploadSpec


def uploads_of(case_id: UUID, *, by: Actor) -> tuple[UploadView, ...]:
    """What the package asks her to send, with what was sent: those that may still be asked, as far as is known.

    Before she has answered, one that depends on an answer is there, and not said to be required. Nothing for whom it
    is only about: the files are the applicant's.
    """
    case = case_to_read(case_id, by=by)
    dossier, answers = basis_of(case) if case.submitted_at else (case.dossier, {})
    return _uploads(case, answers, values_of(outcomes_in(dossier).values()), by=by)


def uploads_for(case_id: UUID, answers: Mapping[str, str], *, by: Actor) -> tuple[UploadView, ...]:
    """Those that her draft, or what was sent back to her, asks for with these answers; and what she has sent."""
    case = case_to_read(case_id, by=by)
    package = _package_of(case)
    if not package.uploads:
        return ()
    dossier = basis_of(case)[0] if case.submitted_at else case.dossier
    _stated, facts = with_stated(package, dossier, answers)
    read, _errors = read_form(package.questions, answers, facts)
    return _uploads(case, read, facts, by=by, exactly=True)


def _uploads(
    case: Case, answers: Mapping[str, str], facts: Mapping[str, Any], *, by: Actor, exactly: bool = False
) -> tuple[UploadView, ...]:
    package = _package_of(case)
    if not package.uploads or by.nik is None or case.applicant_nik != by.nik.value:
        return ()
    values = {**facts, **answer_values(package.questions, answers)}
    exactly = exactly or bool(answers)
    sent = {one.key: one for one in _current(case).filter(task=None).exclude(key="")}
    open_to_change = case.state in {Case.State.DRAFT, Case.State.RETURNED}

    def view(upload: UploadSpec) -> UploadView:
        asked = holds(upload, values)
        return UploadView(
            key=upload.key,
            label=upload.label,
            hint=upload.hint,
            accept=",".join(sorted(type_ for kind in upload.kinds for type_ in KINDS[kind][0])),
            types=shown(upload.kinds),
            max_megabytes=upload.max_bytes // MEGABYTE,
            required=upload.required and asked,
            attachment=view_of(sent[upload.key], upload, removable=open_to_change) if upload.key in sent else None,
            is_asked=asked or (not exactly and "answers." in upload.when),
        )

    views = [view(upload) for upload in package.uploads]
    return tuple(one for one in views if one.attachment or (open_to_change and one.is_asked))


def _package_of(case: Case) -> ServicePackage:
    return package_at(case.service, case.version.version) if case.version else the_package(case.service)


def files_of_task(task_id: UUID, *, by: Actor) -> tuple[AttachmentView, ...]:
    """The files of the case that her task is about, oldest first. Raises what ``policies.own_task`` raises."""
    task = own_task(task_id, by=by)
    case = task.case
    package = package_at(case.service, case.version.version)  # type: ignore[union-attr]  # it is submitted
    uploads = {upload.key: upload for upload in package.uploads}
    return tuple(
        view_of(one, uploads.get(one.key) if one.task_id is None else None, removable=_is_hers(one, task.pk, by))
        for one in _current(case).order_by("at")
    )


def attachment_for(attachment_id: UUID, *, by: Actor) -> AttachmentFile:
    """The file itself. For an officer a page uses ``actions.open_attachment``, which tells the applicant's ledger.

    Raises ``Missing``, also for whoever may not see it, and ``FileDamaged``.
    """
    kept = Attachment.objects.select_related("case").filter(pk=attachment_id).first()
    visible(kept.case if kept else None, by=by)
    if kept is None or (kept.removed_at is not None and by.kind == "resident"):
        raise Missing(_("There is no such file or message for you."))
    content = storage.read(kept.file, kept.sha256)
    return AttachmentFile(id=kept.pk, name=kept.name, content_type=kept.content_type, content=content)


def uploads_missing(case_id: UUID, package: ServicePackage, values: Mapping[str, Any]) -> list[str]:
    """The keys of required files that were not sent; ``values`` by fact and ``answers.<question>``."""
    wanted = [one.key for one in package.uploads if one.required and holds(one, values)]
    sent = set(_current(case_id).filter(task=None, key__in=wanted).values_list("key", flat=True)) if wanted else set()
    return [key for key in wanted if key not in sent]


def _current(case: Case | UUID) -> Any:
    return Attachment.objects.filter(case=case, removed_at=None, message=None)


def _is_hers(one: Attachment, task_id: UUID, by: Actor) -> bool:
    return one.task_id == task_id and one.by == by.reference


def view_of(one: Attachment, upload: UploadSpec | None, *, removable: bool) -> AttachmentView:
    return AttachmentView(
        id=one.pk,
        key=one.key,
        label=upload.label if upload else None,
        name=one.name,
        content_type=one.content_type,
        size=one.size,
        by_name=one.by_name,
        at=one.at,
        removable=removable,
    )
