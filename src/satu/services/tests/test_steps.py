"""The list of steps: what it compiles to, and what it complains of."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from satu.kernel.citydata import CityDataError
from satu.services import operations
from satu.services.destinations import kelurahan_in
from satu.services.packages import COMPILED, Loader, files_of, process_of, the_packages
from satu.services.steps import compile_steps
from satu.services.workflow import BPMN, Process, RunningProcess

DI = "http://www.omg.org/spec/BPMN/20100524/DI"


def walk(*answers: str) -> list[str]:
    """Carry a request of SKTM through its process, each step on another machine; what was waited for."""
    process = process_of(the_packages()["sktm"])
    running = RunningProcess.start(process, {})
    done, given = [], list(answers)
    while not running.finished:
        running = RunningProcess.resume(process, running.state(), {})
        (step,) = running.waiting()
        done.append(step.implementation)
        result: dict[str, object] = {}
        if step.kind in {"decision", "task"}:
            name = "decision" if step.kind == "task" else "result"
            result = {step.implementation: {name: given.pop(0)}}
        running.complete(step, result)
    assert not given
    return done


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["approve", "refuse", "approve"], ["eligibility", "need", "assess", "issue_document", "tell_applicant"]),
        (["refuse"], ["eligibility", "refuse_case", "tell_applicant"]),
        (["approve", "approve", "refuse"], ["eligibility", "need", "assess", "refuse_case", "tell_applicant"]),
        (
            ["approve", "examine", "correction", "approve", "examine", "correction", "refuse"],
            [*["eligibility", "need", "assess", "applicant"] * 2, "eligibility", "refuse_case", "tell_applicant"],
        ),
    ],
)
def test_steps_run_one_after_the_other_and_a_correction_begins_again(answers: list[str], expected: list[str]) -> None:
    assert walk(*answers) == expected


LABEL = {"id": "Periksa", "en": "Check"}
DECIDES = ["approve", "refuse", "correction"]
EVERY_KIND: list[dict[str, Any]] = [
    {"rule": "eligibility"},
    {"task": {"id": "told", "label": LABEL, "informs": True}},
    {
        "parallel": [
            [{"task": {"id": "a", "label": LABEL, "decisions": DECIDES}}, {"operation": "testing.mark"}],
            [{"rule": "need"}, {"task": {"id": "b", "label": LABEL, "decisions": DECIDES}}],
            [{"operation": "testing.mark"}],
        ]
    },
    {"task": {"id": "c", "label": LABEL, "decisions": ["approve", "refuse"]}},
    {"operation": "testing.mark"},
    {"issue": "document"},
    {"notify": "applicant"},
]


def every_kind() -> str:
    return compile_steps("try", "Coba", EVERY_KIND, {"eligibility": "E", "need": "N"}, {"testing.mark": "Tandai"})


def run(bpmn: str, given: dict[str, str]) -> list[str]:
    """Carry a process through, the step with the first name first; what each person and table says is ``given``."""
    process = Process(Path("service.yaml"), bpmn)
    running, done = RunningProcess.start(process, {}), []
    while steps := sorted(running.waiting(), key=lambda step: step.element):
        done.append(steps[0].element)
        kind, name = steps[0].kind, steps[0].implementation
        said = "decision" if kind == "task" else "result"
        running.complete(steps[0], {name: {said: given.get(name, "approve")}} if kind in {"task", "decision"} else {})
    assert running.finished
    return done


def test_a_branch_leaves_out_what_stands_behind_a_no_and_the_others_go_on() -> None:
    end = ["issue", "notify_7"]
    all_of_it = {"a", "b", "c", "told", "rule_eligibility", "rule_need", "operation_1", "operation_2", "operation_3"}
    assert set(run(every_kind(), {})) == all_of_it | set(end)
    assert "operation_1" not in run(every_kind(), {"a": "refuse"})
    refused = run(every_kind(), {"need": "refuse"})
    assert "b" not in refused
    assert {"a", "operation_1", "operation_2", "refuse", "tell_refused"} <= set(refused)
    assert "issue" not in refused


@pytest.mark.parametrize("bpmn", [lambda: the_packages()["sktm"].bpmn, every_kind])
def test_every_element_and_every_way_has_its_place_in_the_picture(bpmn: Callable[[], str]) -> None:
    root = etree.fromstring(bpmn().encode())
    process = root.find(f"{{{BPMN}}}process")
    assert process is not None
    drawn = {shape.get("bpmnElement") for shape in root.iter(f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge")}
    assert drawn == {element.get("id") for element in process.iterchildren()}
    places = [tuple(bounds.attrib.values()) for bounds in root.iter("{http://www.omg.org/spec/DD/20100524/DC}Bounds")]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("slug", [*sorted(the_packages()), "every kind"])
def test_no_way_is_drawn_across_an_element(slug: str) -> None:
    """An officer reads the picture beside each case."""
    bpmn = every_kind() if slug == "every kind" else the_packages()[slug].bpmn
    root = etree.fromstring(bpmn.encode())
    boxes = {}
    for shape in root.iter(f"{{{DI}}}BPMNShape"):
        x, y, wide, high = (float(shape[0].get(name, "")) for name in ("x", "y", "width", "height"))
        boxes[shape.get("bpmnElement")] = (x + 1, y + 1, x + wide - 1, y + high - 1)  # a way may touch an edge
    assert boxes
    crossed = [
        (edge.get("bpmnElement"), name)
        for edge in root.iter(f"{{{DI}}}BPMNEdge")
        for start, end in pairwise([(float(point.get("x", "")), float(point.get("y", ""))) for point in edge])
        for name, (left, top, right, bottom) in boxes.items()
        if min(start[0], end[0]) < right
        and max(start[0], end[0]) > left
        and min(start[1], end[1]) < bottom
        and max(start[1], end[1]) > top
    ]
    assert crossed == []


def test_an_open_case_goes_on_in_the_process_that_it_began_with(loader: Loader, city_copy: Path) -> None:
    """Even when a later Satu compiles the same steps otherwise."""
    folder = city_copy / "services" / "sktm"
    package = loader.load(folder)
    other = package.bpmn.replace("Terbitkan surat", "Terbitkan")
    (folder / COMPILED).write_text(other, encoding="utf-8")
    kept = loader.load(folder)
    assert kept.bpmn == other
    assert kept.version != package.version
    assert files_of(folder, other)[COMPILED] == other


@pytest.fixture
def mark() -> Iterator[None]:
    """An operation of a package above."""

    @operations.operation("testing.mark")
    def mark(_context: operations.OperationContext) -> dict[str, object]:
        return {}

    yield
    operations._operations.pop("testing.mark")


@pytest.mark.usefixtures("mark")
@pytest.mark.parametrize(
    ("change", "what", "line"),
    [
        (("  - rule: need\n", "  - sleep: 3\n"), "'sleep' was unexpected", "- sleep: 3"),
        (("  - rule: need\n", "  - rule: income\n"), "no decision table 'income'", "- rule: income"),
        (("      agency: kelurahan\n", "      agency: samsat\n"), "no agency 'samsat'", "agency: samsat"),
        (("      duty: front-office\n", "      duty: clerk\n"), "no duty 'clerk'", "duty: clerk"),
        (("[approve, refuse, correction]", "[approve]"), "the officer has no way to refuse", "decisions: [approve]"),
        (("      id: assess\n", "      id: need\n"), "something else is called 'need'", "id: need"),
        (("  - issue: document\n", ""), "no step issues the document", "steps:"),
        (("  - rule: need\n", "  - issue: document\n"), "closed when its document is issued", "- task:"),
        (("  - person.kelurahan_code  # whose officers decide\n", ""), "not know the applicant's kelurahan", "area:"),
        (
            ("  - issue: document\n", "  - issue: kia\n  - issue: document\n"),
            "no document is called 'kia'",
            "- issue: kia",
        ),
        (("  - rule: need\n", "  - operation: civil.dance\n"), "no operation 'civil.dance'", "- operation:"),
        (("  - rule: need\n", "  - operation: issue_document\n"), "does not match", "- operation:"),
        (("  - rule: need\n", "  - operation: testing.mark\n"), "done again when assess sends", "- operation:"),
        (("  - rule: need\n", "  - parallel: [[rule: need]]\n"), "too short", "- parallel:"),
        (("  - rule: need\n", "  - parallel: [[rule: need], [rule: x]]\n"), "no decision table 'x'", "- parallel:"),
        (("  - rule: need\n", "  - parallel: [[rule: need], [rule: need]]\n"), "need stands twice", "- parallel:"),
        (("      deadline: 3\n", "      deadline: 3\n      informs: true\n"), "decides nothing", "decisions:"),
        (("      batch: true\n", "      batch: true\n      four_eyes: true\n"), "two officers are to look", "batch:"),
        (("area: kelurahan-of-applicant", "area: kelurahan-of-destination"), "asks for an address", "area:"),
        (("steps:\n", "tasks: []\nsteps:\n"), "each task stands in its step", "tasks: []"),
    ],
)
def test_a_step_that_cannot_be_is_named_with_its_line(
    loader: Loader, city_copy: Path, change: tuple[str, str], what: str, line: str
) -> None:
    old, new = change
    path = city_copy / "services" / "sktm" / "service.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CityDataError) as caught:
        loader.load(path.parent)
    assert what in caught.value.what
    assert line in path.read_text(encoding="utf-8").splitlines()[caught.value.line - 1]
    assert caught.value.mend


def test_a_table_that_decides_cannot_leave_it_to_the_officer(loader: Loader, city_copy: Path) -> None:
    table = city_copy / "services" / "sktm" / "need.yaml"
    table.write_text(table.read_text(encoding="utf-8").replace("advises: true\n", ""), encoding="utf-8")
    with pytest.raises(CityDataError, match="cannot leave it to the officer"):
        loader.load(table.parent)


def test_a_drawn_process_has_tasks_too_and_each_decision_needs_its_way(loader: Loader, city_copy: Path) -> None:
    folder = city_copy / "services" / "sktm"
    package = loader.load(folder)
    text = (folder / "service.yaml").read_text(encoding="utf-8")
    before, steps = text.split("steps:\n", 1)
    steps, after = steps.split("deadline: {", 1)
    task = steps.split("  - task:\n", 1)[1].split("  - issue", 1)[0].replace("      id:", "    - id:")
    drawn = f"{before}process: process.bpmn\ntasks:\n{task}deadline: {{{after}"
    (folder / "service.yaml").write_text(drawn, encoding="utf-8")
    (folder / "process.bpmn").write_text(package.bpmn, encoding="utf-8")
    assert loader.load(folder).tasks == package.tasks

    lost = package.bpmn.replace('assess.decision == "correction"', 'assess.decision == "later"')
    (folder / "process.bpmn").write_text(lost, encoding="utf-8")
    with pytest.raises(CityDataError, match="assess: no way out for: refuse, correction") as caught:
        loader.load(folder)
    assert 'id="assess"' in lost.splitlines()[caught.value.line - 1]


def test_the_kelurahan_of_an_address_is_that_of_its_rt() -> None:
    assert kelurahan_in('{"line": "Jl. Melati", "kelurahan_code": "36.71.05.1003"}') == "36.71.05.1003"
    assert kelurahan_in("") == ""


def test_a_wait_is_a_timer_of_days_in_the_bpmn(tmp_path: Path) -> None:
    bpmn = compile_steps("usaha", "Usaha", [{"wait": {"days": 5}}, {"issue": "document"}], {}, {})
    assert etree.fromstring(bpmn.encode()).findtext(f".//{{{BPMN}}}timeDuration") == "P5D"
    process = Process(tmp_path / "service.yaml", bpmn)
    running = RunningProcess.start(process, {})
    running = RunningProcess.resume(process, running.state(), {})
    (step,) = running.waiting()
    assert (step.kind, step.implementation, step.name) == ("wait", "5", "Tunggu 5 hari kerja")
    running.complete(step, {})
    assert [one.implementation for one in running.waiting()] == ["issue_document"]


def test_what_is_paid_is_what_its_account_says(loader: Loader, city_copy: Path) -> None:
    file = city_copy / "services" / "reklame" / "service.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("kind: tax", "kind: levy"), encoding="utf-8")
    with pytest.raises(CityDataError, match="the account is one of a tax, and the kind is levy"):
        loader.load(file.parent)
