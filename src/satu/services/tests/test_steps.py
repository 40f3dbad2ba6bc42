"""The list of steps: what it compiles to, and what it complains of."""

from pathlib import Path

import pytest
from lxml import etree

from satu.kernel.citydata import CityDataError
from satu.services.packages import COMPILED, Loader, files_of, process_of, the_packages
from satu.services.workflow import BPMN, RunningProcess

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


def test_every_element_and_every_way_has_its_place_in_the_picture() -> None:
    root = etree.fromstring(the_packages()["sktm"].bpmn.encode())
    process = root.find(f"{{{BPMN}}}process")
    assert process is not None
    drawn = {shape.get("bpmnElement") for shape in root.iter(f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge")}
    assert drawn == {element.get("id") for element in process.iterchildren()}
    places = [tuple(bounds.attrib.values()) for bounds in root.iter("{http://www.omg.org/spec/DD/20100524/DC}Bounds")]
    assert len(set(places)) == len(places)


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


@pytest.mark.parametrize(
    ("change", "what", "line"),
    [
        (("  - rule: need\n", "  - wait: 3\n"), "'wait' was unexpected", "- wait: 3"),
        (("  - rule: need\n", "  - rule: income\n"), "no decision table 'income'", "- rule: income"),
        (("      agency: kelurahan\n", "      agency: samsat\n"), "no agency 'samsat'", "agency: samsat"),
        (("      duty: front-office\n", "      duty: clerk\n"), "no duty 'clerk'", "duty: clerk"),
        (("[approve, refuse, correction]", "[approve]"), "the officer has no way to refuse", "decisions: [approve]"),
        (("      id: assess\n", "      id: need\n"), "something else is called 'need'", "id: need"),
        (("  - issue: document\n", ""), "no step issues the document", "steps:"),
        (("  - rule: need\n", "  - issue: document\n"), "closed when its document is issued", "- task:"),
        (("  - person.kelurahan_code  # whose officers decide\n", ""), "not know the applicant's kelurahan", "area:"),
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
