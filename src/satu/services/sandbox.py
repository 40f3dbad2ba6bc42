"""Going through a package before it is published: the same code as for a real request, and nothing of it stays.

Facts are pulled for real, so their subject must be somebody invented, and her access ledger tells of the look. All
that is written besides (draft, decisions, number, tasks, jobs) is rolled back. It goes as far as rules go by
themselves: no operation is carried out, so nothing is issued, billed or told to anybody.
"""

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.hub.catalogue import the_catalogue
from satu.identity.types import Actor
from satu.kernel.city import Label, the_city
from satu.kernel.errors import InvalidInput
from satu.kernel.identifiers import Nik
from satu.services.actions.sending import submit_draft
from satu.services.answers import answer_values, holds
from satu.services.decisions import TableDecision
from satu.services.dossiers import values_of
from satu.services.events import record
from satu.services.fees import fee_of
from satu.services.forms import read_form
from satu.services.models import Case, CaseDecision, CaseEvent, Task
from satu.services.operations import label_of
from satu.services.packages import Loader, process_of
from satu.services.planning import TRIED_BY
from satu.services.queries.cases import troubles_of
from satu.services.queries.parts import decided_by, outcomes_in, preview, questions_of
from satu.services.subjects import chosen, pull_for
from satu.services.timeline import timeline_of
from satu.services.types import (
    DecisionView,
    FeeView,
    PreviewFact,
    QuestionView,
    ServicePackage,
    SystemTrouble,
    TimelineStep,
)
from satu.services.workflow import RunningProcess, Step

LARGEST_UPLOAD = 1024 * 1024
_LARGEST_FOLDER = 4 * LARGEST_UPLOAD
_MOST_FILES = 60
#: What reading an archive raises that is damaged, locked, or of no text.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError),
    *(EOFError, OSError, ValueError, IndexError),
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SUFFIXES = frozenset({".yaml", ".bpmn", ".typ", ".svg"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a request would wait for now: an officer, the applicant's payment, or an operation of Satu's own."""

    kind: str
    label: Label
    agency: str = ""
    duty: str = ""
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """How far it went. Before it is sent, everything after ``troubles`` is empty."""

    facts: tuple[PreviewFact, ...] = field(repr=False)
    questions: tuple[QuestionView, ...] = field(repr=False)
    troubles: tuple[SystemTrouble, ...]
    decisions: tuple[DecisionView, ...] = ()
    timeline: tuple[TimelineStep, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    fee: FeeView | None = None
    files: tuple[Label, ...] = ()
    """What it would ask her to send; in a trial these are taken as sent."""


def try_out(package: ServicePackage, *, nik: Nik, answers: Mapping[str, str] | None) -> Trial:
    """Go through a package as an invented resident: to its questions, or with ``answers`` beyond them.

    Files are taken as sent: ``Trial.files`` names those that it would ask for.

    Raises what ``start_case`` and ``send_case`` raise, and ``RuntimeError`` inside an open transaction.
    """
    by = Actor(TRIED_BY, "resident", "Uji coba layanan oleh petugas", nik=nik)
    who = chosen(package, by=by, about="", business="")
    case = Case(
        pk=uuid4(),
        service=package.slug,
        applicant_nik=nik.value,
        applicant=by.reference,
        subject_nik=who.nik.value,
        business=who.business,
        acting=who.acting,
    )
    case.dossier = pull_for(case, package, by=by)
    with _and_nothing_stays():
        mine = {"applicant_nik": nik.value, "service": package.slug, "subject_nik": who.nik.value}
        drafts = Case.objects.filter(**mine, business=who.business, state=Case.State.DRAFT)
        drafts.update(state=Case.State.WITHDRAWN, closed_at=timezone.now(), dossier=None)
        case.save(force_insert=True)
        record(case, CaseEvent.Kind.BEGUN, by)
        trial = _at_its_questions(case, package, answers or {})
        if answers is None:
            return trial
        submit_draft(case.pk, replace(package, uploads=()), case.dossier, answers, by)
        return _sent(Case.objects.get(pk=case.pk), package, trial)


@contextmanager
def _and_nothing_stays() -> Iterator[None]:
    with transaction.atomic():
        # Another one's draft is not waited for: this is only a trial.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
        yield
        transaction.set_rollback(True)


def _at_its_questions(case: Case, package: ServicePackage, answers: Mapping[str, str]) -> Trial:
    outcomes = outcomes_in(case.dossier)
    facts = values_of(outcomes.values())
    read, _wrong = read_form(package.questions, answers, facts)
    values = {**facts, **answer_values(package.questions, read)}
    return Trial(
        facts=tuple(preview(package, outcomes, {}, [])),
        questions=tuple(questions_of(package, read, facts, answers)),
        troubles=troubles_of(case.dossier, package),
        files=tuple(upload.label for upload in package.uploads if holds(upload, values)),
    )


def _sent(case: Case, package: ServicePackage, before: Trial) -> Trial:
    running = RunningProcess.resume(process_of(package), case.process or {}, {})
    events = list(case.events.order_by("id"))
    return Trial(
        facts=before.facts,
        questions=before.questions,
        troubles=before.troubles,
        decisions=tuple(_decisions(case, package)),
        timeline=timeline_of(case, events, package, to="applicant"),
        waiting=tuple(_waiting(step, case, package) for step in running.waiting()),
        fee=fee_of(case, package),
        files=before.files,
    )


def _decisions(case: Case, package: ServicePackage) -> Iterator[DecisionView]:
    for made in CaseDecision.objects.filter(case=case).order_by("id"):
        table = package.tables[made.table]
        edition = table.edition(made.table_version)
        decided = TableDecision(table=table, edition=edition, row=edition.row(made.row), values=made.values)
        yield decided_by(decided, made.decided_at)


def _waiting(step: Step, case: Case, package: ServicePackage) -> Waiting:
    if step.kind == "task":
        spec = package.tasks[step.implementation]
        task = Task.objects.filter(case=case, name=spec.id).first()
        days = spec.deadline.count if task else None
        return Waiting("task", spec.label, str(the_city().agencies[spec.agency].name), spec.duty, days)
    name, _colon, which = step.implementation.partition(":")
    if step.kind == "operation" and name == "issue_document":
        return Waiting("document", package.issues(which or package.document.key).title)
    label = label_of(name) if step.kind == "operation" else Label(step.name, step.name)
    return Waiting(step.kind, label)


def read_archive(content: bytes) -> dict[str, str]:
    """The text files of a ZIP archive by their path below ``service.yaml``'s folder. Raises ``InvalidInput``."""
    if len(content) > LARGEST_UPLOAD:
        raise _unusable(_("The archive is larger than 1 MB."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir() and "__MACOSX" not in one.filename]
            if len(entries) > _MOST_FILES or sum(one.file_size for one in entries) > _LARGEST_FOLDER:
                raise _unusable(_("There is too much in the archive for one package."))
            texts = {one.filename: archive.read(one).decode("utf-8") for one in entries if _is_ours(one.filename)}
    except _BROKEN as error:
        raise _unusable(_("This is not a ZIP archive of a package's text files.")) from error
    return _below_its_service(texts)


def read_files(files: Mapping[str, str]) -> dict[str, str]:
    """The same, of files that came one by one. Raises ``InvalidInput``."""
    if len(files) > _MOST_FILES or sum(len(text) for text in files.values()) > _LARGEST_FOLDER:
        raise _unusable(_("There is too much in the archive for one package."))
    return _below_its_service({name: text for name, text in files.items() if _is_ours(name)})


def _below_its_service(texts: Mapping[str, str]) -> dict[str, str]:
    roots = [PurePosixPath(name).parent for name in texts if PurePosixPath(name).name == "service.yaml"]
    if len(roots) != 1:
        raise _unusable(_("A package's archive holds one service.yaml."))
    inside = {PurePosixPath(name): text for name, text in texts.items()}
    return {str(name.relative_to(roots[0])): text for name, text in inside.items() if name.is_relative_to(roots[0])}


def load_files(files: Mapping[str, str], place: Path) -> ServicePackage:
    """Write a package's files below ``place`` and load it. Raises ``InvalidInput`` and ``CityDataError``."""
    found = re.search(r"^service:\s*([a-z][a-z0-9-]*)\s*$", files.get("service.yaml", ""), re.MULTILINE)
    if found is None:
        raise _unusable(_("The service.yaml does not say which service it is."))
    folder = place / found[1]
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Loader(the_city(), the_catalogue()).load(folder)


def _is_ours(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix in _SUFFIXES and not path.is_absolute() and all(_NAME.fullmatch(part) for part in path.parts)


def _unusable(sentence: Any) -> InvalidInput:
    return InvalidInput(sentence, field="archive")
