"""Reading service packages. A package that asks what a connected system knows does not load."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from satu.hub.catalogue import Catalogue
from satu.kernel.calendar import WorkingDays
from satu.kernel.city import City, Label
from satu.kernel.citydata import CityDataError, CityFile, read_city_file
from satu.services import operations
from satu.services.decisions import load_table
from satu.services.fee_tables import load_fee_table
from satu.services.knowledge import Knowledge
from satu.services.packages.checks import (
    Pointer,
    check_answer_checks,
    check_for,
    check_may_declare,
    check_process,
    check_question,
    check_somebody_looks,
    check_steps,
    check_task,
    check_twice,
    check_validity,
    fact_complaint,
    nearest,
    paper_complaint,
    task_entries,
)
from satu.services.packages.conditions import check_choosing, looks_at_in
from satu.services.packages.files import COMPILED, version_of
from satu.services.packages.triggers import read_trigger
from satu.services.packages.uploads import read_uploads
from satu.services.steps import MAIN_DOCUMENT, compile_steps
from satu.services.types import (
    ABOUT,
    Archive,
    Choice,
    Dated,
    DocumentSpec,
    FeeTable,
    Need,
    PaperProcess,
    PaymentSpec,
    Question,
    Reminder,
    ServicePackage,
    Silence,
    StandardComponent,
    Table,
    TaskSpec,
)
from satu.services.workflow import Process

SCHEMA = Path(__file__).parent.parent / "schemas" / "service.schema.json"


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
        needs = tuple(self._need(file, index, entry) for index, entry in enumerate(data["needs"]))
        questions = tuple(
            _question(entry, looks_at_in(file, ("questions", index), entry, needs, data["questions"][:index]))
            for index, entry in enumerate(data["questions"])
        )
        check_choosing(file, needs, self.catalogue)
        check_twice(file, "needs", [need.fact for need in needs])
        check_twice(file, "questions", [question.key for question in questions])
        acts_for = check_for(file, needs)
        self._check_not_asked_again(file)
        known = {need.fact for need in needs} | {f"answers.{question.key}" for question in questions} | {ABOUT}
        fee_table = _fee_table(file, folder, known)
        tables = {
            key: load_table(_there(file, folder, key), key=key, known=known)
            for key in data["tables"]
            if fee_table is None or key != fee_table.key
        }
        check_answer_checks(file, tables)
        tasks = self._tasks(file, needs)
        process, bpmn = _process(file, folder, tables)
        also_issues = tuple(
            self._document(file, ("also_issues", index)) for index in range(len(data.get("also_issues", [])))
        )
        check_twice(file, "also_issues", [spec.key for spec in also_issues])
        check_process(Process(process, bpmn), tables, tasks, [spec.key for spec in also_issues])
        check_somebody_looks(file, needs, tasks)
        return ServicePackage(
            slug=data["service"],
            version=version_of(folder, bpmn),
            folder=folder,
            name=Label(**data["name"]),
            summary=Label(**data["summary"]),
            icon=data.get("icon", "file-certificate"),
            search_words={language: tuple(words) for language, words in data["search_words"].items()},
            prefix=data["prefix"],
            agency=data["agency"],
            legal_basis=tuple(Label(**one) for one in data["legal_basis"]),
            standard=tuple(StandardComponent(key, Label(**text)) for key, text in data["standard"].items()),
            acts_for=acts_for,
            needs=needs,
            questions=questions,
            uploads=read_uploads(file, needs),
            reminders=tuple(_reminder(file, index, needs) for index in range(len(data.get("reminders", [])))),
            tables=tables,
            tasks=tasks,
            process=process,
            bpmn=bpmn,
            fees=_dated(data["fee"], "rupiah") if fee_table is None else (),
            fee_table=fee_table,
            deadline_days=data["deadline"]["working_days"],
            document=self._document(file, ("document",)),
            also_issues=also_issues,
            payment=_payment(data.get("payment")),
            paper=PaperProcess(
                fields=tuple(Label(**one) for one in data["paper"]["fields"]),
                photocopies=tuple(Label(**one) for one in data["paper"]["photocopies"]),
                visits=data["paper"]["visits"],
            ),
            archive=_archive(data.get("archive")),
            triggers=tuple(read_trigger(file, index) for index in range(len(data.get("triggers", [])))),
        )

    def _document(self, file: CityFile, pointer: tuple[str | int, ...]) -> DocumentSpec:
        """The main document, or one of the others."""
        entry: Any = file.data
        for part in pointer:
            entry = entry[part]
        self._check_agency(file, *pointer, "signing_agency")
        template = file.path.parent / entry["template"]
        if not template.is_file():
            raise file.error(*pointer, "template", what=f"there is no {template.name} in this folder")
        holder = entry.get("holder", "")
        if holder not in {"", "subject", "applicant"} and not operations.may_be_a_step(holder):
            raise file.error(*pointer, "holder", what=f"there is no operation {holder!r}")
        validity = entry["validity"]
        as_chosen = isinstance(validity, dict)
        if as_chosen:
            check_validity(file, pointer, validity)
        return DocumentSpec(
            key=entry.get("key", MAIN_DOCUMENT),
            template=template,
            title=Label(**entry["title"]),
            classification=entry["classification"],
            signing_agency=entry["signing_agency"],
            holder="" if holder == "subject" else holder,
            validity_months=() if as_chosen else _dated(validity, "months"),
            validity_answer=validity["answer"] if as_chosen else "",
            answer_months=validity["months"] if as_chosen else {},
        )

    def _tasks(self, file: CityFile, needs: tuple[Need, ...]) -> dict[str, TaskSpec]:
        """The officers' tasks, from the steps or for a drawn process."""
        tasks: dict[str, TaskSpec] = {}
        for pointer, entry in task_entries(file):
            self._check_agency(file, *pointer, "agency")
            if entry["duty"] not in self.city.duties:
                raise file.error(
                    *pointer,
                    "duty",
                    what=f"the city has no duty {entry['duty']!r}",
                    mend="It has: " + ", ".join(sorted(self.city.duties)),
                )
            check_task(file, pointer, entry, tasks, needs)
            tasks[entry["id"]] = TaskSpec(
                id=entry["id"],
                label=Label(**entry["label"]),
                agency=entry["agency"],
                duty=entry["duty"],
                area=entry["area"],
                deadline=WorkingDays(entry["deadline"]),
                decisions=tuple(entry.get("decisions", ("noted",))),
                when=entry.get("when", ""),
                informs=entry.get("informs", False),
                four_eyes=entry.get("four_eyes", False),
                remind=WorkingDays(entry["remind"]) if "remind" in entry else None,
                silence=self._silence(file, (*pointer, "silence"), entry.get("silence")),
                form=tuple(_question(one, ()) for one in entry.get("form", ())),
                batch=entry.get("batch", False),
            )
        return tasks

    def _silence(self, file: CityFile, pointer: Pointer, entry: Mapping[str, Any] | None) -> Silence | None:
        if entry is None:
            return None
        if entry["then"] == "escalate" and entry["duty"] not in self.city.duties:
            raise file.error(
                *pointer,
                "duty",
                what=f"the city has no duty {entry['duty']!r}",
                mend="It has: " + ", ".join(sorted(self.city.duties)),
            )
        return Silence(
            then=entry["then"],
            basis=entry["basis"],
            confirmed=entry["confirmed"],
            duty=entry.get("duty", ""),
            deadline=WorkingDays(entry["deadline"]) if "deadline" in entry else None,
        )

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
        need = Need(
            entry["fact"],
            required=entry.get("required", True),
            answer_only=entry.get("answer_only", False),
            may_declare=entry.get("may_declare", False),
        )
        fact = self.catalogue.facts.get(need.fact)
        if fact is None:
            raise file.error(
                "needs",
                index,
                what=f"the catalogue has no fact {need.fact!r}",
                mend=nearest(need.fact, self.catalogue.facts),
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
        if need.may_declare:
            check_may_declare(file, index, fact)
        return need

    def _check_not_asked_again(self, file: CityFile) -> None:
        knowledge = self.knowledge
        for index, entry in enumerate(file.data["questions"]):
            check_question(file, index, entry, knowledge)
        for index, entry in enumerate(file.data.get("uploads", [])):
            for text in (entry["label"]["id"], entry["label"]["en"], entry["key"].replace("_", " ")):
                if proved := knowledge.proved_by(text):
                    raise paper_complaint(file, ("uploads", index), entry, *proved)
                if asked := knowledge.asked_by([text]):
                    raise fact_complaint(file, ("uploads", index), entry, asked)

    @staticmethod
    def _check_prefix(package: ServicePackage, loaded: Mapping[str, ServicePackage]) -> None:
        for other in loaded.values():
            if other.prefix == package.prefix:
                file = read_city_file(package.folder / "service.yaml")
                raise file.error("prefix", what=f"{other.slug} has the prefix {package.prefix} already")


def _question(entry: Mapping[str, Any], looks_at: tuple[str, ...]) -> Question:
    return Question(
        key=entry["key"],
        label=Label(**entry["label"]),
        hint=Label(**entry["hint"]) if "hint" in entry else None,
        type=entry["type"],
        required=entry.get("required", True),
        max_length=entry.get("max_length", 200),
        choices=tuple(Choice(one["value"], Label(**one["label"])) for one in entry.get("choices", ())),
        asks=entry.get("asks", ""),
        declares=entry.get("declares", ""),
        fact=entry.get("fact", ""),
        parts=tuple(entry.get("parts", ())),
        when=str(entry.get("when", "")),
        looks_at=looks_at,
        check=entry.get("check", ""),
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


def _archive(entry: Mapping[str, Any] | None) -> Archive | None:
    return Archive(classification=entry["classification"], **entry["retention"]) if entry else None


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


def _there(file: CityFile, folder: Path, key: str) -> Path:
    """Where a table under ``tables`` stands."""
    path: Path = folder / file.data["tables"][key]
    if not (path.is_file() or any(path.glob("*.yaml"))):
        raise file.error("tables", key, what=f"there is no {file.data['tables'][key]} in this folder")
    return path


def _fee_table(file: CityFile, folder: Path, known: Collection[str]) -> FeeTable | None:
    """The table that says what it costs, unless the figures stand in ``service.yaml``."""
    fee = file.data["fee"]
    if isinstance(fee, list):
        return None
    if fee["table"] not in file.data["tables"]:
        raise file.error(
            "fee", "table", what=f"there is no table {fee['table']!r}", mend="Write it under tables:  fee: fee.yaml"
        )
    return load_fee_table(_there(file, folder, fee["table"]), key=fee["table"], known=known)


def _payment(entry: Mapping[str, Any] | None) -> PaymentSpec | None:
    if entry is None:
        return None
    return PaymentSpec(
        kind=entry["kind"],
        account=entry["account"],
        edition=entry["edition"],
        confirmed=entry["confirmed"],
        within_days=entry["within_days"],
    )


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
    check_steps(file, tables)
    if (folder / COMPILED).is_file():
        return file.path, (folder / COMPILED).read_text(encoding="utf-8")
    deciding = {key: table.name.id for key, table in tables.items() if not table.advises}
    names = {name: operations.label_of(name).id for name in operations.registered()}
    titles = {entry["key"]: f"Terbitkan {entry['title']['id']}" for entry in data.get("also_issues", [])}
    name = data["name"]["id"]
    return file.path, compile_steps(data["service"], name, data["steps"], deciding, names, documents=titles)
