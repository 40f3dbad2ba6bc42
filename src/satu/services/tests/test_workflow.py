"""Processes: what the engine runs, what it refuses, and that no Python in a process is ever executed."""

from pathlib import Path

import pytest

from satu.kernel.citydata import CityDataError
from satu.services.packages import the_packages
from satu.services.workflow import Process, ProcessError, RunningProcess

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" targetNamespace="urn:satu:test">\n'
    '<bpmn:process id="p" isExecutable="true">\n'
)
TAIL = "\n</bpmn:process></bpmn:definitions>\n"


def flow(source: str, target: str, condition: str = "", key: str = "") -> str:
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    ends = f'id="{key or source + target}" sourceRef="{source}" targetRef="{target}"'
    return f"<bpmn:sequenceFlow {ends}>{inner}</bpmn:sequenceFlow>"


def script(lines: str) -> str:
    return f'<bpmn:scriptTask id="x"><bpmn:script>{lines}</bpmn:script></bpmn:scriptTask>'


def process(tmp_path: Path, *parts: str) -> Process:
    path = tmp_path / "process.bpmn"
    path.write_text(HEAD + "\n".join(parts) + TAIL, encoding="utf-8")
    return Process(path)


START, END = '<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e"/>'


def one(element: str) -> tuple[str, ...]:
    return (START, element, END, flow("s", "x"), flow("x", "e"))


def domisili() -> Process:
    return Process(the_packages()["domisili"].process)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("approve", ["eligibility", "issue_document", "tell_applicant"]),
        ("refuse", ["eligibility", "refuse_case", "tell_applicant"]),
        ("anything else", ["eligibility", "refuse_case", "tell_applicant"]),
    ],
)
def test_domisili_is_decided_by_rule_and_issues_or_refuses(result: str, expected: list[str]) -> None:
    running = RunningProcess.start(domisili(), {})
    done = []
    while not running.finished:
        # Each step on another machine.
        running = RunningProcess.resume(domisili(), running.state(), {})
        (step,) = running.waiting()
        done.append(step.implementation)
        running.complete(step, {"eligibility": {"result": result}} if step.kind == "decision" else {})
    assert done == expected


def test_a_step_done_twice_from_the_same_state_gives_the_same_state() -> None:
    state = RunningProcess.start(domisili(), {}).state()
    waiting = []
    for _ in range(2):
        running = RunningProcess.resume(domisili(), state, {})
        running.complete(running.waiting()[0], {"eligibility": {"result": "approve"}})
        waiting.append([step.implementation for step in running.waiting()])
    assert waiting == [["issue_document"], ["issue_document"]]


def test_what_a_process_holds_survives_a_database_that_orders_keys_its_own_way() -> None:
    process = domisili()
    running = RunningProcess.start(process, {})
    running.complete(running.waiting()[0], {"eligibility": {"result": "approve"}})
    state = running.state()
    for backwards in (False, True):
        state["tasks"] = dict(sorted(state["tasks"].items(), reverse=backwards))
        (step,) = RunningProcess.resume(process, state, {}).waiting()
        assert step.data == {"eligibility": {"result": "approve"}}


@pytest.mark.parametrize(
    "element",
    [
        '<bpmn:manualTask id="x" name="Putuskan"/>',
        '<bpmn:callActivity id="x" calledElement="y"/>',
        '<bpmn:subProcess id="x"/>',
        '<bpmn:intermediateCatchEvent id="x"><bpmn:timerEventDefinition/></bpmn:intermediateCatchEvent>',
        '<bpmn:inclusiveGateway id="x"/>',
        '<bpmn:sendTask id="x"/>',
    ],
)
def test_what_the_engine_does_not_run_is_refused_by_name_and_line(tmp_path: Path, element: str) -> None:
    with pytest.raises(CityDataError) as caught:
        process(tmp_path, *one(element))
    kind = element.split(":", 1)[1].split(" ", 1)[0]
    assert f"{kind} x" in caught.value.what
    assert caught.value.line == 4


def test_a_task_that_repeats_is_refused_by_name(tmp_path: Path) -> None:
    looping = (
        '<bpmn:serviceTask id="x" implementation="tell_applicant">\n'
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true"/></bpmn:serviceTask>'
    )
    with pytest.raises(CityDataError, match="multiInstanceLoopCharacteristics x"):
        process(tmp_path, *one(looping))


def test_python_in_a_script_is_not_executed(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with pytest.raises(CityDataError, match="name = expression"):
        process(tmp_path, *one(script(f"import pathlib; pathlib.Path('{mark}').touch()")))
    assert not mark.exists()


@pytest.mark.parametrize("python", ["__import__('os').getpid()", "open('/etc/passwd').read()", "[x for x in 'a']"])
def test_python_in_a_condition_is_not_executed(tmp_path: Path, python: str) -> None:
    parts = (
        START,
        '<bpmn:exclusiveGateway id="x" default="no"/>',
        END,
        '<bpmn:endEvent id="f"/>',
        flow("s", "x"),
        flow("x", "e", python.replace("'", "&apos;"), key="yes"),
        flow("x", "f", key="no"),
    )
    try:
        checked = process(tmp_path, *parts)
    except CityDataError:
        return
    with pytest.raises(ProcessError):
        RunningProcess.start(checked, {})


def test_a_script_task_computes_with_expressions(tmp_path: Path) -> None:
    compute = script("months = facts.days / 30\nlong = months > 3")
    gateway = '<bpmn:exclusiveGateway id="g" default="no"/>'
    tasks = '<bpmn:serviceTask id="a" implementation="yes"/><bpmn:serviceTask id="b" implementation="no"/>'
    flows = (
        flow("s", "x"),
        flow("x", "g"),
        flow("g", "a", "long"),
        flow("g", "b", key="no"),
        flow("a", "e"),
        flow("b", "e"),
    )
    checked = process(tmp_path, START, compute, gateway, tasks, END, *flows)
    for days, expected in ((120, "yes"), (60, "no")):
        running = RunningProcess.start(checked, {"facts": {"days": days}})
        assert [step.implementation for step in running.waiting()] == [expected]


def test_parallel_branches_are_both_carried_out(tmp_path: Path) -> None:
    parts = (
        START,
        '<bpmn:parallelGateway id="f"/><bpmn:serviceTask id="a" implementation="one"/>',
        '<bpmn:serviceTask id="b" implementation="two"/><bpmn:parallelGateway id="j"/>',
        END,
        *(flow(*ends) for ends in (("s", "f"), ("f", "a"), ("f", "b"), ("a", "j"), ("b", "j"), ("j", "e"))),
    )
    checked = process(tmp_path, *parts)
    running = RunningProcess.start(checked, {})
    assert {step.implementation for step in running.waiting()} == {"one", "two"}
    running.complete(running.waiting()[0], {})
    running = RunningProcess.resume(checked, running.state(), {})
    assert not running.finished
    running.complete(running.waiting()[0], {})
    assert running.finished


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ((START, END), "leads nowhere"),
        ((*one('<bpmn:serviceTask id="x"/>'), '<bpmn:serviceTask id="lost"/>'), "no way leads to serviceTask lost"),
        ((END,), "has one startEvent"),
        (
            (
                START,
                '<bpmn:exclusiveGateway id="x"/>',
                END,
                flow("s", "x"),
                flow("x", "e", "a", key="k"),
                flow("x", "e", "b", key="l"),
            ),
            "no default way out",
        ),
        (one(script("a = (")), "not an expression"),
    ],
)
def test_a_drawing_in_which_a_case_could_be_stuck_does_not_load(
    tmp_path: Path, parts: tuple[str, ...], what: str
) -> None:
    with pytest.raises(CityDataError, match=what):
        process(tmp_path, *parts)


def test_a_file_outside_is_not_read_through_an_entity(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    path = tmp_path / "process.bpmn"
    path.write_text(
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>\n'
        + HEAD
        + START
        + "<!-- a note -->&e;"
        + END
        + flow("s", "e")
        + TAIL
    )
    process_with_entity = Process(path)
    assert "hidden" not in str(process_with_entity.names())


def timer(inner: str) -> str:
    return f'<bpmn:intermediateCatchEvent id="x">{inner}</bpmn:intermediateCatchEvent>'


def duration(text: str) -> str:
    inner = f"<bpmn:timeDuration>{text}</bpmn:timeDuration>"
    return f"<bpmn:timerEventDefinition>{inner}</bpmn:timerEventDefinition>"


def test_a_drawn_timer_waits_for_working_days(tmp_path: Path) -> None:
    running = RunningProcess.start(process(tmp_path, *one(timer(duration(" P12D ")))), {})
    (step,) = running.waiting()
    assert (step.kind, step.implementation) == ("wait", "12")


@pytest.mark.parametrize(
    "inner", ["", duration("PT5H"), duration("P0D"), duration("days * 2"), duration("P5D") + duration("P5D")]
)
def test_a_timer_of_anything_but_days_is_refused(tmp_path: Path, inner: str) -> None:
    with pytest.raises(CityDataError, match="intermediateCatchEvent x waits for something else than days"):
        process(tmp_path, *one(timer(inner)))


@pytest.mark.parametrize(
    ("element", "name"),
    [
        (timer("<bpmn:messageEventDefinition/>" + duration("P5D")), "messageEventDefinition"),
        (
            timer("<bpmn:timerEventDefinition><bpmn:timeCycle>R3/P1D</bpmn:timeCycle></bpmn:timerEventDefinition>"),
            "x waits",
        ),
        (
            timer("<bpmn:timerEventDefinition><bpmn:timeDate>2027</bpmn:timeDate></bpmn:timerEventDefinition>"),
            "x waits",
        ),
        (f'<bpmn:boundaryEvent id="edge" attachedToRef="x">{duration("P5D")}</bpmn:boundaryEvent>', "boundaryEvent"),
    ],
)
def test_timers_on_the_edge_of_a_task_and_other_events_are_refused_by_name(
    tmp_path: Path, element: str, name: str
) -> None:
    with pytest.raises(CityDataError, match=name):
        process(tmp_path, *one(element))
