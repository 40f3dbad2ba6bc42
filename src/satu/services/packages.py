"""Loading service packages. A package that asks what a connected system knows does not load."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import structlog
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rapidfuzz.process import extractOne

from satu.hub.catalogue import Catalogue, the_catalogue
from satu.kernel.calendar import WorkingDays
from satu.kernel.city import City, Label, the_city
from satu.kernel.citydata import CityDataError, CityFile, read_city_file
from satu.kernel.errors import Missing
from satu.services import operations
from satu.services.decisions import load_table
from satu.services.knowledge import Knowledge, Known, Paper
from satu.services.models import PackageVersion
from satu.services.steps import compile_steps
from satu.services.types import (
    Choice,
    Dated,
    DocumentSpec,
    Need,
    PaperProcess,
    Question,
    Reminder,
    ServicePackage,
    StandardComponent,
    Table,
    TaskSpec,
)
from satu.services.workflow import APPLICANT, Process

#: The process that a package's version runs, among the files kept of it.
COMPILED = "compiled.bpmn"
#: What expressions call facts and answers; no task or table may be called so.
_TAKEN = frozenset({"person", "family", "answers"})
SCHEMA = Path(__file__).parent / "schemas" / "service.schema.json"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Loader:
    """Reads packages of one city. Every complaint is a ``CityDataError`` with file, line and mend."""

    city: City
    catalogue: Catalogue

    @cached_property
    def knowledge(self) -> Knowledge:
        return Knowledge.of(self.catalogue, self.city.folder)

    @property
    def folder(self) -> Path:
        return self.city.folder / "services"

    def folders(self) -> list[Path]:
        """The folders that hold a package, by name."""
        return sorted(path.parent for path in self.folder.glob("*/service.yaml"))

    def load_all(self) -> tuple[dict[str, ServicePackage], list[CityDataError]]:
        """The packages that load, and why the others do not."""
        loaded: dict[str, ServicePackage] = {}
        refused: list[CityDataError] = []
        for folder in self.folders():
            try:
                package = self.load(folder)
                self._check_prefix(package, loaded)
                loaded[package.slug] = package
            except CityDataError as error:
                refused.append(error)
        return loaded, refused

    def load(self, folder: Path) -> ServicePackage:
        """One package. Raises ``CityDataError``."""
        file = read_city_file(folder / "service.yaml", SCHEMA)
        data = file.data
        if data["service"] != folder.name:
            raise file.error("service", what=f"the folder is called {folder.name!r}", mend=f"Write: {folder.name}")
        self._check_agency(file, "agency")
        self._check_agency(file, "document", "signing_agency")
        needs = tuple(self._need(file, index, entry) for index, entry in enumerate(data["needs"]))
        questions = tuple(_question(entry) for entry in data["questions"])
        _check_twice(file, "needs", [need.fact for need in needs])
        _check_twice(file, "questions", [question.key for question in questions])
        self._check_not_asked_again(file)
        known = {need.fact for need in needs} | {f"answers.{question.key}" for question in questions}
        tables = {key: self._table(file, folder / name, key=key, known=known) for key, name in data["tables"].items()}
        tasks = self._tasks(file, needs)
        process, bpmn = _process(file, folder, tables)
        _check_process(Process(process, bpmn), tables, tasks)
        template = folder / data["document"]["template"]
        if not template.is_file():
            raise file.error("document", "template", what=f"there is no {template.name} in this folder")
        return ServicePackage(
            slug=data["service"],
            version=version_of(folder, bpmn),
            folder=folder,
            name=Label(**data["name"]),
            summary=Label(**data["summary"]),
            search_words={language: tuple(words) for language, words in data["search_words"].items()},
            prefix=data["prefix"],
            agency=data["agency"],
            legal_basis=tuple(Label(**one) for one in data["legal_basis"]),
            standard=tuple(StandardComponent(key, Label(**text)) for key, text in data["standard"].items()),
            needs=needs,
            questions=questions,
            reminders=tuple(_reminder(file, index, needs) for index in range(len(data.get("reminders", [])))),
            tables=tables,
            tasks=tasks,
            process=process,
            bpmn=bpmn,
            fees=_dated(data["fee"], "rupiah"),
            deadline_days=data["deadline"]["working_days"],
            document=DocumentSpec(
                template=template,
                title=Label(**data["document"]["title"]),
                classification=data["document"]["classification"],
                signing_agency=data["document"]["signing_agency"],
                validity_months=_dated(data["document"]["validity"], "months"),
            ),
            paper=PaperProcess(
                fields=tuple(Label(**one) for one in data["paper"]["fields"]),
                photocopies=tuple(Label(**one) for one in data["paper"]["photocopies"]),
                visits=data["paper"]["visits"],
            ),
        )

    def _table(self, file: CityFile, path: Path, *, key: str, known: Collection[str]) -> Table:
        if not path.is_file():
            raise file.error("tables", key, what=f"there is no {path.name} in this folder")
        return load_table(path, key=key, known=known)

    def _tasks(self, file: CityFile, needs: tuple[Need, ...]) -> dict[str, TaskSpec]:
        """The officers' tasks, from the steps or for a drawn process."""
        tasks: dict[str, TaskSpec] = {}
        for pointer, entry in _task_entries(file):
            self._check_agency(file, *pointer, "agency")
            if entry["duty"] not in self.city.duties:
                raise file.error(
                    *pointer,
                    "duty",
                    what=f"the city has no duty {entry['duty']!r}",
                    mend="It has: " + ", ".join(sorted(self.city.duties)),
                )
            _check_task(file, pointer, entry, tasks, needs)
            tasks[entry["id"]] = TaskSpec(
                id=entry["id"],
                label=Label(**entry["label"]),
                agency=entry["agency"],
                duty=entry["duty"],
                area=entry["area"],
                deadline=WorkingDays(entry["deadline"]),
                decisions=tuple(entry["decisions"]),
            )
        return tasks

    def _check_agency(self, file: CityFile, *pointer: str | int) -> None:
        code: Any = file.data
        for part in pointer:
            code = code[part]
        if code not in self.city.agencies:
            raise file.error(
                *pointer,
                what=f"the city has no agency {code!r}",
                mend="It has: " + ", ".join(sorted(self.city.agencies)),
            )

    def _need(self, file: CityFile, index: int, entry: str | Mapping[str, Any]) -> Need:
        entry = {"fact": entry} if isinstance(entry, str) else entry
        need = Need(entry["fact"], required=entry.get("required", True), answer_only=entry.get("answer_only", False))
        fact = self.catalogue.facts.get(need.fact)
        if fact is None:
            raise file.error(
                "needs",
                index,
                what=f"the catalogue has no fact {need.fact!r}",
                mend=_nearest(need.fact, self.catalogue.facts),
            )
        if not self.catalogue.systems_answering(need.fact):
            raise file.error(
                "needs",
                index,
                what=f"no connected system answers {need.fact}",
                mend="Connect one (cities/<city>/systems), or ask for it under questions with asks: " + need.fact,
            )
        if need.answer_only and fact.derived is None:
            raise file.error(
                "needs",
                index,
                what=f"{need.fact} is not a derived answer, so it cannot be 'answer_only'",
                mend="Name the derived fact that you need, or delete answer_only.",
            )
        return need

    def _check_not_asked_again(self, file: CityFile) -> None:
        knowledge = self.knowledge
        for index, entry in enumerate(file.data["questions"]):
            _check_question(file, index, entry, knowledge)
        for index, entry in enumerate(file.data.get("uploads", [])):
            for text in (entry["label"]["id"], entry["label"]["en"], entry["key"].replace("_", " ")):
                if proved := knowledge.proved_by(text):
                    raise _paper_complaint(file, ("uploads", index), entry, *proved)
                if asked := knowledge.asked_by([text]):
                    raise _fact_complaint(file, ("uploads", index), entry, asked)
            raise file.error(
                "uploads",
                index,
                what="this version of Satu does not take uploads",
                mend="Delete the upload, or ask a question instead.",
            )

    @staticmethod
    def _check_prefix(package: ServicePackage, loaded: Mapping[str, ServicePackage]) -> None:
        for other in loaded.values():
            if other.prefix == package.prefix:
                file = read_city_file(package.folder / "service.yaml")
                raise file.error("prefix", what=f"{other.slug} has the prefix {package.prefix} already")


# ------------------------------------------------------------------------------------------------ this process's own


@cache
def the_packages() -> Mapping[str, ServicePackage]:
    """Every service of this city by slug, read once a process. One that does not load is logged and left out."""
    loaded, refused = Loader(the_city(), the_catalogue()).load_all()
    for error in refused:
        _log.error("services.package_refused", file=str(error.path), line=error.line, what=error.what)
    return loaded


@cache
def the_knowledge() -> Knowledge:
    """What this city knows, in the words in which forms ask for it."""
    return Knowledge.of(the_catalogue(), the_city().folder)


def the_package(slug: str) -> ServicePackage:
    """Raises ``Missing``."""
    try:
        return the_packages()[slug]
    except KeyError:
        raise Missing(_("There is no such service.")) from None


def process_of(package: ServicePackage) -> Process:
    """A package's process, read once for each version."""
    return _read_process(package.process, package.bpmn)


@lru_cache(maxsize=128)
def _read_process(path: Path, bpmn: str) -> Process:
    return Process(path, bpmn)


def version_of(folder: Path, bpmn: str) -> str:
    """A digest of everything in a package's folder, and of the process that its steps were compiled to."""
    digest = hashlib.sha256()
    for name, content in sorted(files_of(folder, bpmn).items()):
        digest.update(f"{name}\0{len(content)}\0{content}".encode())
    return digest.hexdigest()[:16]


def files_of(folder: Path, bpmn: str) -> dict[str, str]:
    """The text files of a package by their path in it.

    With them the process as it was compiled: an open case goes on in the one that it began with, even when a later
    Satu would compile the same steps otherwise.
    """
    return {COMPILED: bpmn} | {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in {".yaml", ".bpmn", ".typ", ".svg"} and path.name != COMPILED
    }


@lru_cache(maxsize=64)
def package_at(slug: str, version: str) -> ServicePackage:
    """A package as it was when a case was submitted: from its folder, or from the version kept in the database."""
    current = the_packages().get(slug)
    if current is not None and current.version == version:
        return current
    kept = PackageVersion.objects.get(service=slug, version=version)
    folder = Path(settings.STATE_DIR) / "packages" / version / slug
    for name, content in kept.files.items():
        _write_whole(folder / name, content)
    return Loader(the_city(), the_catalogue()).load(folder)


# ---------------------------------------------------------------------------------------------------------- parts


def _write_whole(path: Path, content: str) -> None:
    """Other processes may be writing and reading the same file: they see all of it or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as part:
        part.write(content)
    Path(part.name).replace(path)


def _question(entry: Mapping[str, Any]) -> Question:
    return Question(
        key=entry["key"],
        label=Label(**entry["label"]),
        hint=Label(**entry["hint"]) if "hint" in entry else None,
        type=entry["type"],
        required=entry.get("required", True),
        max_length=entry.get("max_length", 200),
        choices=tuple(Choice(one["value"], Label(**one["label"])) for one in entry.get("choices", ())),
        asks=entry.get("asks", ""),
    )


def _reminder(file: CityFile, index: int, needs: tuple[Need, ...]) -> Reminder:
    entry = file.data["reminders"][index]
    if entry["fact"] not in {need.fact for need in needs}:
        raise file.error(
            "reminders",
            index,
            what=f"the reminder looks at {entry['fact']}, which the service does not need",
            mend=f"Write it under needs:  - {entry['fact']}",
        )
    return Reminder(fact=entry["fact"], value=entry["is"], text=Label(**entry["text"]))


def _dated(entries: list[Mapping[str, Any]], unit: str) -> tuple[Dated, ...]:
    dated = (
        Dated(
            in_force_from=date.fromisoformat(str(entry["in_force_from"])),
            value=entry[unit],
            basis=entry["basis"],
            confirmed=entry["confirmed"],
        )
        for entry in entries
    )
    return tuple(sorted(dated, key=lambda one: one.in_force_from))


def _check_twice(file: CityFile, part: str, names: list[str]) -> None:
    for index, name in enumerate(names):
        if name in names[:index]:
            raise file.error(part, index, what=f"{name} stands twice", mend="Keep one of the two.")


def _process(file: CityFile, folder: Path, tables: Mapping[str, Table]) -> tuple[Path, str]:
    """Where the process stands, and its text: drawn, kept with a case's version, or compiled now."""
    data = file.data
    if "process" in data:
        path = folder / data["process"]
        if not path.is_file():
            raise file.error("process", what=f"there is no {path.name} in this folder")
        return path, path.read_text(encoding="utf-8")
    if "tasks" in data:
        raise file.error("tasks", what="with steps, each task stands in its step", mend="Write - task: {...} there.")
    _check_steps(file, tables)
    if (folder / COMPILED).is_file():
        return file.path, (folder / COMPILED).read_text(encoding="utf-8")
    deciding = {key: table.name.id for key, table in tables.items() if not table.advises}
    return file.path, compile_steps(data["service"], data["name"]["id"], data["steps"], deciding)


def _check_steps(file: CityFile, tables: Mapping[str, Table]) -> None:
    issued = 0
    for index, step in enumerate(file.data["steps"]):
        (kind,) = step
        if kind == "rule" and step["rule"] not in tables:
            raise file.error(
                "steps",
                index,
                "rule",
                what=f"there is no decision table {step['rule']!r}",
                mend="Under tables stand: " + ", ".join(sorted(tables)),
            )
        if issued and kind != "notify":
            raise file.error("steps", index, what="the request is closed when its document is issued", mend=_LAST)
        issued += kind == "issue"
    _check_twice(file, "steps", [str(step["rule"]) for step in file.data["steps"] if "rule" in step])
    if not issued:
        raise file.error("steps", what="no step issues the document, so no request would end", mend=_LAST)


_LAST = "Write near the end:  - issue: document, then  - notify: applicant"


def _task_entries(file: CityFile) -> Iterable[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    for index, step in enumerate(file.data.get("steps", [])):
        if "task" in step:
            yield ("steps", index, "task"), step["task"]
    for index, task in enumerate(file.data.get("tasks", [])):
        yield ("tasks", index), task


def _check_task(
    file: CityFile,
    pointer: tuple[str | int, ...],
    entry: Mapping[str, Any],
    others: Collection[str],
    needs: tuple[Need, ...],
) -> None:
    if entry["id"] in {*others, *file.data["tables"], *_TAKEN}:
        raise file.error(*pointer, "id", what=f"something else is called {entry['id']!r}", mend="Give it another id.")
    for decision in ("approve", "refuse"):
        if decision not in entry["decisions"]:
            raise file.error(
                *pointer,
                "decisions",
                what=f"the officer has no way to {decision}",
                mend="Write: decisions: [approve, refuse, correction]",
            )
    if entry["area"] == "kelurahan-of-applicant" and _AREA_FACT not in {need.fact for need in needs}:
        raise file.error(
            *pointer,
            "area",
            what="the service does not know the applicant's kelurahan",
            mend=f"Write it under needs:  - {_AREA_FACT}",
        )


_AREA_FACT = "person.kelurahan_code"


def _check_process(process: Process, tables: Mapping[str, Table], tasks: Mapping[str, TaskSpec]) -> None:
    known: Mapping[str, tuple[str, Collection[str]]] = {
        "decision": ("decision table", tables),
        "operation": ("operation", operations.registered()),
        "task": ("task", tasks),
        "correction": ("correction", (APPLICANT,)),
    }
    for kind, implementation, element, line in process.steps:
        what, names = known[kind]
        if implementation not in names:
            raise CityDataError(
                process.path,
                line,
                f"{element}: there is no {what} {implementation!r}",
                f'Set implementation="…" to one of: {", ".join(sorted(names))}',
            )
        if kind == "task":
            _check_ways(process, tasks[implementation], element, line)


def _check_ways(process: Process, task: TaskSpec, element: str, line: int) -> None:
    """Each decision has a way out behind the task; one of them may be the default."""
    ways = " ".join(process.conditions[element])
    missing = [decision for decision in task.decisions if f'{task.id}.decision == "{decision}"' not in ways]
    if len(missing) > 1:
        raise CityDataError(
            process.path,
            line,
            f"{element}: no way out for: {', '.join(missing)}",
            "Lead it to an exclusive gateway with the conditions "
            + " and ".join(f'{task.id}.decision == "{decision}"' for decision in missing[:-1]),
        )


def _check_question(file: CityFile, index: int, entry: Mapping[str, Any], knowledge: Knowledge) -> None:
    pointer = ("questions", index)
    if declared := entry.get("asks"):
        if declared not in knowledge.catalogue.facts:
            raise file.error(
                *pointer,
                "asks",
                what=f"the catalogue has no fact {declared!r}",
                mend=_nearest(declared, knowledge.catalogue.facts),
            )
        if known := knowledge.knows(declared):
            raise _fact_complaint(file, (*pointer, "asks"), entry, (known,))
    texts = _texts(entry)
    if asked := knowledge.asked_by(texts):
        excused = entry.get("differs_from", {}).get("fact")
        if excused not in {known.fact for known in asked}:
            raise _fact_complaint(file, pointer, entry, asked)
    for text in (*texts, *entry.get("hint", {}).values()):
        if knowledge.speech.wants_a_copy(text) and (proved := knowledge.proved_by(text)):
            raise _paper_complaint(file, pointer, entry, *proved)


def _texts(entry: Mapping[str, Any]) -> list[str]:
    return [entry["label"]["id"], entry["label"]["en"], entry["key"].replace("_", " ")]


def _fact_complaint(
    file: CityFile, pointer: tuple[str | int, ...], entry: Mapping[str, Any], asked: tuple[Known, ...]
) -> CityDataError:
    knowing = " and ".join(f"{known.system_name} knows {known.fact}" for known in asked)
    return file.error(
        *pointer,
        what=f'"{entry["label"]["id"]}" asks what the city knows: {knowing}',
        mend=_write_instead(known.fact for known in asked),
    )


def _paper_complaint(
    file: CityFile, pointer: tuple[str | int, ...], entry: Mapping[str, Any], paper: Paper, known: tuple[Known, ...]
) -> CityDataError:
    systems = ", ".join(dict.fromkeys(one.system_name for one in known))
    return file.error(
        *pointer,
        what=f'"{entry["label"]["id"]}" asks for a paper, {paper.name}, of which {systems} knows what it says',
        mend=_write_instead(one.fact for one in known),
    )


def _write_instead(facts: Iterable[str]) -> str:
    lines = "".join(f"\n      - {fact}" for fact in facts)
    return f"Delete it and write what the service needs of:\n    needs:{lines}"


def _nearest(key: str, facts: Mapping[str, object]) -> str:
    near = extractOne(key, list(facts))
    return f"Did you mean {near[0]}? The facts are listed in cities/<city>/facts." if near else ""
