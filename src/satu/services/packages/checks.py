"""What a package is held against when it loads; every complaint names file, line and how to mend it."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from rapidfuzz.process import extractOne

from satu.hub.facts import Fact
from satu.kernel.citydata import CityDataError, CityFile
from satu.services import checking, operations
from satu.services.every_service import DIFFERS, OBJECTION, STUCK
from satu.services.knowledge import PEOPLE, Knowledge, Known, Paper
from satu.services.stated import ASKED_AS
from satu.services.steps import MAIN_DOCUMENT
from satu.services.types import (
    MEMBERS_FACT,
    Need,
    Relation,
    Table,
    TaskSpec,
)
from satu.services.workflow import APPLICANT, PAYMENT, Process

#: What expressions call facts and answers; no task or table may be called so.
_TAKEN = frozenset({"person", "family", "business", "answers", "request", DIFFERS, OBJECTION, STUCK})


Pointer = tuple[str | int, ...]
_AREA_FACT = "person.kelurahan_code"


_PAYMENT = """Write:  payment:
            kind: levy                     # retribusi; or tax, pajak
            account: "4.1.02.01.01.0001"   # kode rekening
            edition: Kepmendagri …         # the list of accounts that it is from
            confirmed: false               # until the treasurer has confirmed it
            within_days: 7"""
#: In the list of accounts: local taxes (pajak daerah) and local levies (retribusi daerah).
_ACCOUNTS = {"4.1.01.": "tax", "4.1.02.": "levy"}
_LAST = "Write near the end:  - issue: document, then  - notify: applicant"


def flat_steps(file: CityFile) -> Iterable[tuple[Pointer, Mapping[str, Any]]]:
    """Each step with its place in the file; those of branches in the place of their ``parallel``."""
    for index, step in enumerate(file.data.get("steps", [])):
        if "parallel" not in step:
            yield ("steps", index), step
        for number, branch in enumerate(step.get("parallel", [])):
            for place, inner in enumerate(branch):
                yield ("steps", index, "parallel", number, place), inner


def check_twice(file: CityFile, part: str, names: list[str]) -> None:
    for index, name in enumerate(names):
        if name in names[:index]:
            raise file.error(part, index, what=f"{name} stands twice", mend="Keep one of the two.")


def check_for(file: CityFile, needs: tuple[Need, ...]) -> tuple[Relation, ...]:
    """For whom the service is; what it needs of a business makes it one for businesses."""
    acts_for = tuple(file.data.get("for", ["self"]))
    if "business" not in acts_for:
        for index, need in enumerate(needs):
            if need.fact.startswith("business."):
                raise file.error(
                    "needs", index, what=f"{need.fact} is about a business", mend="Write also:  for: [business]"
                )
    return acts_for


def check_may_declare(file: CityFile, index: int, fact: Fact) -> None:
    """What is typed in the place of what a silent system holds is one plain value."""
    if fact.type not in ASKED_AS or fact.internal:
        raise file.error(
            *("needs", index, "may_declare"),
            what=f"nobody can state {fact.key} in one field",
            mend="Delete may_declare; with  required: false  the request goes on without it.",
        )


def check_somebody_looks(file: CityFile, needs: tuple[Need, ...], tasks: Mapping[str, TaskSpec]) -> None:
    """What a citizen states herself is seen by an officer before a letter says it."""
    for index, need in enumerate(needs):
        if need.may_declare and all(task.informs for task in tasks.values()):
            raise file.error(
                *("needs", index, "may_declare"),
                what=f"no officer would look at {need.fact} before the letter is issued",
                mend="Write a task among the steps, or delete may_declare.",
            )


def check_steps(file: CityFile, tables: Mapping[str, Table]) -> None:
    steps = list(flat_steps(file))
    issued = 0
    for pointer, step in steps:
        (kind,) = step
        if kind == "rule":
            _check_rule(file, pointer, step["rule"], tables)
        if kind == "operation":
            _check_operation(file, pointer, step["operation"], steps)
        if kind == "issue":
            check_issue(file, pointer, step["issue"], [other for _pointer, other in steps])
        if issued and kind != "notify":
            raise file.error(*pointer, what="the request is closed when its document is issued", mend=_LAST)
        issued += step.get("issue") == MAIN_DOCUMENT
    _check_once(file, steps)
    if not issued:
        raise file.error("steps", what="no step issues the document, so no request would end", mend=_LAST)


def _check_once(file: CityFile, steps: list[tuple[Pointer, Mapping[str, Any]]]) -> None:
    """A rule decides once, and a fee is paid once."""
    rules: list[str] = []
    for pointer, step in steps:
        if "rule" in step and step["rule"] in rules:
            raise file.error(*pointer, what=f"{step['rule']} stands twice", mend="Keep one of the two.")
        rules.append(step.get("rule", ""))
    paying = [pointer for pointer, step in steps if "pay" in step]
    for pointer in paying[1:]:
        raise file.error(*pointer, what="the fee is paid twice", mend="Keep one of the two.")
    if paying and "payment" not in file.data:
        raise file.error(*paying[0], what="it does not say where the money is booked", mend=_PAYMENT)
    _check_kind(file)


def _check_kind(file: CityFile) -> None:
    """What is paid is a tax or a levy, as the list of accounts has it."""
    payment = file.data.get("payment", {})
    listed = next((kind for start, kind in _ACCOUNTS.items() if payment.get("account", "").startswith(start)), "")
    if listed and listed != payment["kind"]:
        what = f"the account is one of a {listed}, and the kind is {payment['kind']}"
        raise file.error("payment", "kind", what=what, mend=f"Write kind: {listed}, or the account that is meant.")


def _check_rule(file: CityFile, pointer: Pointer, key: str, tables: Mapping[str, Table]) -> None:
    if key not in tables:
        raise file.error(
            *pointer,
            "rule",
            what=f"there is no decision table {key!r}",
            mend="Under tables stand: " + ", ".join(sorted(tables)),
        )


def check_issue(file: CityFile, pointer: Pointer, key: str, steps: list[Mapping[str, Any]]) -> None:
    """Each document once; the others right before the main one, so that nothing can come between."""
    others = [entry["key"] for entry in file.data.get("also_issues", [])]
    if key != MAIN_DOCUMENT and key not in others:
        raise file.error(
            *pointer,
            "issue",
            what=f"no document is called {key!r}",
            mend="There are: " + ", ".join((MAIN_DOCUMENT, *others)),
        )
    if key == MAIN_DOCUMENT:
        return
    if [step["issue"] for step in steps if "issue" in step].count(key) > 1:
        raise file.error(*pointer, what=f"{key} is issued twice", mend="Keep one of the two.")
    following = steps[steps.index({"issue": key}) + 1 :]
    if not following or "issue" not in following[0]:
        mend = f"Write it right before:  - issue: {MAIN_DOCUMENT}"
        raise file.error(*pointer, what=f"between {key} and the main document something else would happen", mend=mend)


def _check_operation(
    file: CityFile, pointer: Pointer, name: str, steps: list[tuple[Pointer, Mapping[str, Any]]]
) -> None:
    if not operations.may_be_a_step(name):
        known = sorted(filter(operations.may_be_a_step, operations.registered()))
        raise file.error(
            *pointer,
            "operation",
            what=f"there is no operation {name!r}",
            mend="There are: " + ", ".join(known) if known else "None is registered.",
        )
    for later, step in steps:
        if later > pointer and "correction" in step.get("task", {}).get("decisions", ()):
            raise file.error(
                *pointer,
                "operation",
                what=f"it would be done again when {step['task']['id']} sends the request back",
                mend="Write it behind the last task that has correction among its decisions.",
            )


def check_answer_checks(file: CityFile, tables: Mapping[str, Table]) -> None:
    for index, entry in enumerate(file.data["questions"]):
        known = {*tables, *checking.registered()}
        if "check" in entry and entry["check"] not in known:
            raise file.error(
                *("questions", index, "check"),
                what=f"there is no check {entry['check']!r}",
                mend="There are: " + ", ".join(sorted(known)),
            )


def check_task(
    file: CityFile,
    pointer: Pointer,
    entry: Mapping[str, Any],
    others: Collection[str],
    needs: tuple[Need, ...],
) -> None:
    if entry["id"] in {*others, *file.data["tables"], *_TAKEN, *operations.packages()}:
        raise file.error(*pointer, "id", what=f"something else is called {entry['id']!r}", mend="Give it another id.")
    _check_decisions(file, pointer, entry)
    _check_batch(file, pointer, entry)
    asked = [question["key"] for question in entry.get("form", ())]
    for index, key in enumerate(asked):
        if key in asked[:index]:
            raise file.error(*pointer, "form", index, what=f"{key} stands twice", mend="Keep one of the two.")
    if entry["area"] == "kelurahan-of-applicant" and _AREA_FACT not in {need.fact for need in needs}:
        raise file.error(
            *pointer,
            "area",
            what="the service does not know the applicant's kelurahan",
            mend=f"Write it under needs:  - {_AREA_FACT}",
        )
    if entry["area"] == "kelurahan-of-destination" and destination_of(file.data["questions"]) is None:
        raise file.error(
            *pointer,
            "area",
            what="no question asks for an address, so there is no destination",
            mend="Write a question with  type: address  under questions, or another area.",
        )


def _check_batch(file: CityFile, pointer: Pointer, entry: Mapping[str, Any]) -> None:
    """Decided together with others is only what needs nothing from the officer but her yes."""
    for option, why in (
        ("form", "each of them has to be answered for itself"),
        ("four_eyes", "two officers are to look at each of them"),
    ):
        if entry.get("batch") and option in entry:
            raise file.error(*pointer, "batch", what=why, mend=f"Delete batch, or {option}.")


def _check_decisions(file: CityFile, pointer: Pointer, entry: Mapping[str, Any]) -> None:
    if entry.get("informs"):
        for option in ("four_eyes", "silence", "form"):
            if option in entry:
                raise file.error(
                    *pointer, option, what="who is only informed decides nothing", mend=f"Delete {option}."
                )
        if "decisions" in entry:
            raise file.error(
                *pointer,
                "decisions",
                what="who is only informed decides nothing",
                mend="Delete decisions, or informs.",
            )
        if "parallel" in pointer:
            raise file.error(
                *pointer,
                "informs",
                what="no request waits for who is only informed, so this needs no branch",
                mend="Write the task as a step of its own, before parallel.",
            )
        return
    for decision in ("approve", "refuse"):
        if decision not in entry.get("decisions", ()):
            raise file.error(
                *pointer,
                *(("decisions",) if "decisions" in entry else ()),
                what=f"the officer has no way to {decision}",
                mend="Write: decisions: [approve, refuse, correction]",
            )


def destination_of(questions: Iterable[Mapping[str, Any]]) -> str | None:
    """The question that says where something is to be: the first that asks for an address."""
    return next((question["key"] for question in questions if question["type"] == "address"), None)


def task_entries(file: CityFile) -> Iterable[tuple[Pointer, Mapping[str, Any]]]:
    for pointer, step in flat_steps(file):
        if "task" in step:
            yield (*pointer, "task"), step["task"]
    for index, task in enumerate(file.data.get("tasks", [])):
        yield ("tasks", index), task


def check_process(
    process: Process,
    tables: Mapping[str, Table],
    tasks: Mapping[str, TaskSpec],
    also_issues: Collection[str] = (),
) -> None:
    known: Mapping[str, tuple[str, Collection[str]]] = {
        "decision": ("decision table", tables),
        "operation": ("operation", {*operations.registered(), *(f"issue_document:{key}" for key in also_issues)}),
        "task": ("task", tasks),
        "correction": ("correction", (APPLICANT,)),
        "payment": ("payment", (PAYMENT,)),
    }
    for kind, implementation, element, line in process.steps:
        if kind == "wait":
            continue
        what, names = known[kind]
        if implementation not in names:
            raise CityDataError(
                process.path,
                line,
                f"{element}: there is no {what} {implementation!r}",
                f'Set implementation="…" to one of: {", ".join(sorted(names))}',
            )
        if kind == "task" and not tasks[implementation].informs:
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


def check_declares(file: CityFile, index: int, entry: Mapping[str, Any], knowledge: Knowledge) -> None:
    """A declaration is what no catalogue knows; what it knows is asked for with ``asks``."""
    declared = entry.get("declares", "")
    if declared in knowledge.catalogue.facts:
        raise file.error(
            *("questions", index, "declares"),
            what=f"{declared} is a fact of the catalogue",
            mend=f"Write: asks: {declared}",
        )


def check_question(file: CityFile, index: int, entry: Mapping[str, Any], knowledge: Knowledge) -> None:
    pointer = ("questions", index)
    check_declares(file, index, entry, knowledge)
    if declared := entry.get("asks"):
        if declared not in knowledge.catalogue.facts:
            raise file.error(
                *pointer,
                "asks",
                what=f"the catalogue has no fact {declared!r}",
                mend=nearest(declared, knowledge.catalogue.facts),
            )
        if known := knowledge.knows(declared):
            raise fact_complaint(file, (*pointer, "asks"), entry, (known,))
    texts = _texts(entry)
    # To choose among what is known is not to ask for it.
    chosen_from = {"members": MEMBERS_FACT, "from-fact": entry.get("fact")}.get(entry["type"])
    asked = tuple(known for known in knowledge.asked_by(texts, about=_subjects(file)) if known.fact != chosen_from)
    if asked:
        excused = entry.get("differs_from", {}).get("fact")
        if excused not in {known.fact for known in asked}:
            raise fact_complaint(file, pointer, entry, asked)
    for text in (*texts, *entry.get("hint", {}).values()):
        if knowledge.speech.wants_a_copy(text) and (proved := knowledge.proved_by(text)):
            raise paper_complaint(file, pointer, entry, *proved)


def _subjects(file: CityFile) -> frozenset[str]:
    """Of what kinds of subjects the service knows facts."""
    return PEOPLE | {"business"} if "business" in file.data.get("for", ()) else PEOPLE


def _texts(entry: Mapping[str, Any]) -> list[str]:
    return [entry["label"]["id"], entry["label"]["en"], entry["key"].replace("_", " ")]


def fact_complaint(
    file: CityFile, pointer: tuple[str | int, ...], entry: Mapping[str, Any], asked: tuple[Known, ...]
) -> CityDataError:
    knowing = " and ".join(f"{known.system_name} knows {known.fact}" for known in asked)
    return file.error(
        *pointer,
        what=f'"{entry["label"]["id"]}" asks what the city knows: {knowing}',
        mend=_write_instead(known.fact for known in asked),
    )


def paper_complaint(
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


def nearest(key: str, facts: Mapping[str, object]) -> str:
    near = extractOne(key, list(facts))
    return f"Did you mean {near[0]}? The facts are listed in cities/<city>/facts." if near else ""


def check_validity(file: CityFile, pointer: Pointer, validity: Mapping[str, Any]) -> None:
    """A document that holds as long as was chosen: the question is there, and each of its answers has its months."""
    asked = {question["key"]: question for question in file.data["questions"]}
    question = asked.get(validity["answer"], {})
    values = [choice["value"] for choice in question.get("choices", ())]
    if not values:
        raise file.error(
            *pointer, "validity", "answer", what=f"no question of type choice is called {validity['answer']!r}"
        )
    if missing := [value for value in values if value not in validity["months"]]:
        raise file.error(
            *pointer,
            "validity",
            "months",
            what=f"it does not say how long {missing[0]} is",
            mend=f"Add {missing[0]}: 1",
        )
