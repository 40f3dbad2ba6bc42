"""Running a package's ``process.bpmn`` with SpiffWorkflow.

The engine runs gateways and script tasks by itself; it stops at every *step*, which the caller carries out and
completes: a decision (``businessRuleTask``), an operation (``serviceTask``), an officer's task (``userTask``), and,
as a ``userTask`` too, the applicant's correction (implementation ``applicant``) or her payment (``payment``), and a
wait (``intermediateCatchEvent`` with a timer of ``P5D``, which are working days). Which table, operation or task it
is stands in the attribute ``implementation``, so any modeller can draw the process.
Conditions and scripts are ZEN expressions; no Python in a process is ever executed. Elements that this engine does
not run are refused by name when the package loads.

A running process is JSON without its definition: the definition comes from the case's package version.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn, Self

from lxml import etree
from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.workflow import BpmnWorkflowConverter
from SpiffWorkflow.bpmn.specs.defaults import ServiceTask
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from satu.kernel.citydata import CityDataError
from satu.kernel.expressions import RuleError, check_expression, evaluate

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
#: The implementation of a ``userTask`` in which the applicant corrects what an officer sent back.
APPLICANT = "applicant"
#: The implementation of a ``userTask`` in which the applicant pays the fee.
PAYMENT = "payment"

#: What a process may be drawn with. Everything else in BPMN's own namespace is refused.
RUNNABLE = frozenset(
    {
        "startEvent",
        "endEvent",
        "sequenceFlow",
        "conditionExpression",
        "exclusiveGateway",
        "parallelGateway",
        "businessRuleTask",
        "serviceTask",
        "userTask",
        "scriptTask",
        "script",
        "intermediateCatchEvent",
        "timerEventDefinition",
        "timeDuration",
    }
)
#: Parts of an element, and not elements with ways of their own.
_PARTS = frozenset({"sequenceFlow", "conditionExpression", "script", "timerEventDefinition", "timeDuration"})
#: What only explains the picture, and the engine passes by.
EXPLAINING = frozenset(
    {
        "process",
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "laneSet",
        "lane",
        "flowNodeRef",
        "textAnnotation",
        "text",
        "association",
    }
)

StepKind = Literal["decision", "operation", "task", "correction", "payment", "wait"]
_KINDS: Mapping[str, StepKind] = {
    "businessRuleTask": "decision",
    "serviceTask": "operation",
    "userTask": "task",
    "intermediateCatchEvent": "wait",
}
_DAYS = re.compile(r"P([1-9]\d{0,2})D")


_OF_APPLICANT: Mapping[str, StepKind] = {APPLICANT: "correction", PAYMENT: "payment"}


class ProcessError(Exception):
    """A running process that cannot go on: an expression failed, or its stored state does not fit."""


class _StepSpec(ServiceTask):  # type: ignore[misc]  # SpiffWorkflow has no types
    """A task that the engine stops at. ``implementation`` names the table, operation or task; of a wait, the days."""

    def __init__(self, wf_spec: Any, bpmn_id: str, *, implementation: str, kind: StepKind, **kw: Any):
        super().__init__(wf_spec, bpmn_id, **kw)
        self.manual = True
        self.implementation = implementation
        self.kind = kind

    def _execute(self, _task: Any) -> bool:
        return True


class _StepParser(TaskParser):  # type: ignore[misc]
    def create_task(self) -> _StepSpec:
        return _StepSpec(
            self.spec,
            self.bpmn_id,
            implementation=_implementation(self.node),
            kind=_kind(self.node),
            **self.bpmn_attributes,
        )


class _Parser(BpmnParser):  # type: ignore[misc]
    OVERRIDE_PARSER_CLASSES = {
        full_tag("serviceTask"): (_StepParser, _StepSpec),
        full_tag("businessRuleTask"): (_StepParser, _StepSpec),
        full_tag("userTask"): (_StepParser, _StepSpec),
        full_tag("intermediateCatchEvent"): (_StepParser, _StepSpec),
    }


class _WorkflowConverter(BpmnWorkflowConverter):  # type: ignore[misc]
    """State without definition: a hundredth of the size, and the definition has one home."""

    def to_dict(self, workflow: Any) -> dict[str, Any]:
        return {
            **super(BpmnWorkflowConverter, self).to_dict(workflow),
            "subprocesses": {},
            "bpmn_events": self.registry.convert(workflow.bpmn_events),
        }

    def from_dict(self, dct: dict[str, Any], spec: Any = None) -> Any:
        workflow = self.target_class(spec, {}, deserializing=True)
        tasks = dct["tasks"]
        # What a task holds is stored as its difference from its parent; a database does not keep the keys' order.
        in_order = {key: tasks[key] for key in _from_the_root(dct["root"], tasks)}
        workflow.tasks = self.mapping_from_dict(in_order, _uuid, workflow=workflow)
        workflow.task_tree = workflow.tasks.get(_uuid(dct["root"]))
        self.set_default_attributes(workflow, dct)
        workflow.bpmn_events = self.registry.restore(dct.pop("bpmn_events", []))
        return workflow


def _from_the_root(root: str, tasks: Mapping[str, Any]) -> Iterator[str]:
    waiting = [root]
    while waiting:
        key = waiting.pop()
        yield key
        waiting.extend(child for child in tasks[key]["children"] if child in tasks)


def _uuid(text: str) -> Any:
    from uuid import UUID

    return UUID(text)


_serializer = BpmnWorkflowSerializer(
    BpmnWorkflowSerializer.configure({**DEFAULT_CONFIG, BpmnWorkflow: _WorkflowConverter})
)


class _ZenEngine:
    """SpiffWorkflow's script engine, with ZEN in the place of Python. ``values`` are seen and never stored."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def validate(self, expression: str) -> None:
        check_expression(expression)

    def evaluate(self, task: Any, expression: str, external_context: Mapping[str, object] | None = None) -> Any:
        try:
            return evaluate(expression, {**self._values, **(external_context or {}), **task.data})
        except RuleError as error:
            raise WorkflowTaskException(str(error), task=task, exception=error) from error

    def execute(self, task: Any, script: str, external_context: Mapping[str, object] | None = None) -> bool:
        for name, expression in assignments(script):
            task.data[name] = self.evaluate(task, expression, external_context)
        return True

    def call_service(self, task: Any, **_: Any) -> NoReturn:
        raise WorkflowTaskException("an operation is carried out by the case, not by the engine", task=task)


def assignments(script: str) -> Iterator[tuple[str, str]]:
    """The ``name = expression`` lines of a script task. Raises ``RuleError`` for a line that is none."""
    for line in filter(None, map(str.strip, script.splitlines())):
        name, equals, expression = (part.strip() for part in line.partition("="))
        if not equals or not name.isidentifier() or expression.startswith("="):
            raise RuleError(f"{line!r} is not `name = expression`")
        yield name, expression


@dataclass(frozen=True, slots=True)
class Step:
    """Something that the process waits for. ``element`` is the BPMN id, ``name`` the text on the picture."""

    task: Any
    kind: StepKind
    implementation: str
    element: str
    name: str

    @property
    def data(self) -> Mapping[str, Any]:
        """What the process holds where it has come to here."""
        data: Mapping[str, Any] = self.task.data
        return data


@dataclass(frozen=True, slots=True)
class Places:
    """Where a run has been and is, by element id; ``ways`` are the pairs of elements that it went between."""

    done: frozenset[str]
    now: frozenset[str]
    ways: frozenset[tuple[str, str]]


class Process:
    """A process definition, checked. Raises ``CityDataError`` with the element's name and line.

    ``bpmn`` is its text, where it is not the file's: compiled from the steps in ``path``.
    """

    def __init__(self, path: Path, bpmn: str | None = None) -> None:
        self.path = path
        tree = _read(path) if bpmn is None else etree.ElementTree(etree.fromstring(bpmn.encode()))
        node = _the_process(path, tree)
        for element in node.iter("*"):
            _check_element(path, element)
        self.steps: tuple[tuple[StepKind, str, str, int], ...] = tuple(_steps(node))
        """Kind, implementation, element id and line of each step."""
        self.conditions = {
            step.get("id", ""): tuple(_conditions_behind(node, step)) for step in node.iter(f"{{{BPMN}}}userTask")
        }
        """The conditions on the ways out behind each person's task, by element id."""
        self.ways: Mapping[tuple[str, str], str] = {
            (flow.get("sourceRef", ""), flow.get("targetRef", "")): flow.get("id", "")
            for flow in node.iter(f"{{{BPMN}}}sequenceFlow")
        }
        """The id of each way, by the elements at its ends."""
        _check_gateways(path, node)
        _check_flows(path, node)
        parser = _Parser()
        try:
            parser.add_bpmn_xml(tree, str(path))
            self.spec = parser.get_spec(node.get("id"))
        except ValidationException as error:
            raise CityDataError(
                path, int(getattr(error, "line_number", 0) or 1), f"not a process: {error}"
            ) from error

    def names(self) -> Mapping[str, str]:
        """What stands on the picture, by element id."""
        return {
            spec.bpmn_id: spec.bpmn_name or spec.bpmn_id
            for spec in self.spec.task_specs.values()
            if getattr(spec, "bpmn_id", None)
        }


class RunningProcess:
    """One run of a process. ``values`` are what expressions may see besides the run's own data."""

    def __init__(self, workflow: Any, values: Mapping[str, object]) -> None:
        self._workflow = workflow
        workflow.script_engine = _ZenEngine(values)

    @classmethod
    def start(cls, process: Process, values: Mapping[str, object]) -> Self:
        running = cls(BpmnWorkflow(process.spec), values)
        running._run_engine()
        return running

    @classmethod
    def resume(cls, process: Process, state: Mapping[str, Any], values: Mapping[str, object]) -> Self:
        try:
            workflow = _serializer.from_dict(json.loads(json.dumps(state)), spec=process.spec)
        except (KeyError, AttributeError, TypeError, ValueError) as error:
            raise ProcessError("the stored process does not fit its definition") from error
        return cls(workflow, values)

    def state(self) -> dict[str, Any]:
        """The run as JSON, to be resumed on any machine."""
        state: dict[str, Any] = json.loads(json.dumps(_serializer.to_dict(self._workflow)))
        return state

    @property
    def finished(self) -> bool:
        return bool(self._workflow.completed)

    def waiting(self) -> list[Step]:
        """The steps that can be carried out now."""
        return [
            Step(
                task=task,
                kind=task.task_spec.kind,
                implementation=task.task_spec.implementation,
                element=task.task_spec.bpmn_id,
                name=task.task_spec.bpmn_name or task.task_spec.bpmn_id,
            )
            for task in self._workflow.get_tasks(state=TaskState.READY)
            if isinstance(task.task_spec, _StepSpec)
        ]

    def places(self) -> Places:
        tasks = [
            task
            for task in self._workflow.get_tasks(state=TaskState.READY | TaskState.WAITING | TaskState.COMPLETED)
            if getattr(task.task_spec, "bpmn_id", None)
        ]
        before = (task.parent for task in tasks)
        return Places(
            done=frozenset(task.task_spec.bpmn_id for task in tasks if task.state == TaskState.COMPLETED),
            now=frozenset(task.task_spec.bpmn_id for task in tasks if task.state != TaskState.COMPLETED),
            ways=frozenset(
                (parent.task_spec.bpmn_id, task.task_spec.bpmn_id)
                for parent, task in zip(before, tasks, strict=True)
                if parent is not None and getattr(parent.task_spec, "bpmn_id", None)
            ),
        )

    def complete(self, step: Step, result: Mapping[str, object], *, afresh: bool = False) -> None:
        """Say what a step gave and let the engine go on to the next one. Raises ``ProcessError``.

        ``afresh``: forget what earlier steps gave, because all of them come again.
        """
        if afresh:
            step.task.data.clear()
        step.task.data.update(result)
        step.task.run()
        self._run_engine()

    def _run_engine(self) -> None:
        try:
            self._workflow.do_engine_steps()
        except (WorkflowTaskException, RuleError) as error:
            raise ProcessError(str(error)) from error


# ------------------------------------------------------------------------------------------- checks at load time


def _read(path: Path) -> Any:
    try:
        return etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True))
    except OSError as error:
        raise CityDataError(
            path, 1, "there is no process here", "Draw it, or copy one from another package."
        ) from error
    except etree.XMLSyntaxError as error:
        raise CityDataError(path, error.lineno or 1, f"not XML: {error.msg}") from error


def _the_process(path: Path, tree: Any) -> Any:
    found = tree.getroot().findall(f"{{{BPMN}}}process")
    if len(found) != 1:
        raise CityDataError(path, 1, f"a package has one process; this file has {len(found)}")
    if found[0].get("isExecutable") != "true":
        raise CityDataError(path, found[0].sourceline, "the process is not executable", 'Set isExecutable="true".')
    return found[0]


def _local(element: Any) -> str:
    return str(etree.QName(element).localname)


def _named(element: Any) -> str:
    return f"{_local(element)} {element.get('id') or element.getparent().get('id') or ''}".strip()


def _check_element(path: Path, element: Any) -> None:
    if etree.QName(element).namespace != BPMN:
        return
    kind = _local(element)
    if kind not in RUNNABLE | EXPLAINING:
        raise CityDataError(
            path,
            element.sourceline,
            f"the engine does not run this element: {_named(element)}",
            "It runs: " + ", ".join(sorted(RUNNABLE - _PARTS | {"sequenceFlow"})),
        )
    if kind == "intermediateCatchEvent" and not _implementation(element):
        raise CityDataError(
            path,
            element.sourceline,
            f"{_named(element)} waits for something else than days",
            "Give it a timer with a duration such as P5D, which are five working days.",
        )
    try:
        if kind == "conditionExpression":
            check_expression((element.text or "").strip())
        elif kind == "script":
            for _name, expression in assignments(element.text or ""):
                check_expression(expression)
    except RuleError as error:
        raise CityDataError(path, element.sourceline, f"{_named(element.getparent())}: {error}") from error


def _steps(node: Any) -> Iterator[tuple[StepKind, str, str, int]]:
    for element in node.iter(*(f"{{{BPMN}}}{name}" for name in _KINDS)):
        yield _kind(element), _implementation(element), element.get("id", ""), element.sourceline


def _implementation(element: Any) -> str:
    """Which table, operation or task a step is; of a wait, how many working days."""
    if _local(element) != "intermediateCatchEvent":
        return str(element.get("implementation", ""))
    timers = element.findall(f"{{{BPMN}}}timerEventDefinition")
    durations = [one for timer in timers for one in timer.findall(f"{{{BPMN}}}timeDuration")]
    days = _DAYS.fullmatch((durations[0].text or "").strip()) if len(timers) == len(durations) == 1 else None
    return days[1] if days else ""


def _kind(element: Any) -> StepKind:
    kind = _KINDS[_local(element)]
    return _OF_APPLICANT.get(element.get("implementation", ""), kind) if kind == "task" else kind


def _conditions_behind(node: Any, task: Any) -> Iterator[str]:
    """What stands on the ways out of the gateways that follow a task, up to the next step."""
    flows = list(node.iter(f"{{{BPMN}}}sequenceFlow"))
    gateways = {g.get("id") for g in node.iter(f"{{{BPMN}}}exclusiveGateway", f"{{{BPMN}}}parallelGateway")}
    behind: set[str | None] = set()
    edge = {task.get("id")}
    while edge:
        edge = {flow.get("targetRef") for flow in flows if flow.get("sourceRef") in edge} & gateways - behind
        behind |= edge
    for flow in flows:
        if flow.get("sourceRef") in behind:
            yield from (condition.text or "" for condition in flow.iter(f"{{{BPMN}}}conditionExpression"))


def _check_gateways(path: Path, node: Any) -> None:
    for gateway in node.iter(f"{{{BPMN}}}exclusiveGateway"):
        ways = [f for f in node.iter(f"{{{BPMN}}}sequenceFlow") if f.get("sourceRef") == gateway.get("id")]
        if len(ways) > 1 and not gateway.get("default"):
            raise CityDataError(
                path,
                gateway.sourceline,
                f"{_named(gateway)} has no default way out, so a case could be stuck here",
                'Mark one of its flows as the default (attribute default="<flow id>").',
            )


def _check_flows(path: Path, node: Any) -> None:
    """Every element is reached from the start, and every way leads to an end."""
    flows = [(f.get("sourceRef"), f.get("targetRef")) for f in node.iter(f"{{{BPMN}}}sequenceFlow")]
    steps = {e.get("id"): e for e in node.iterchildren("*") if _local(e) in RUNNABLE - _PARTS}
    starts = [i for i, e in steps.items() if _local(e) == "startEvent"]
    if len(starts) != 1:
        raise CityDataError(path, node.sourceline, f"a process has one startEvent; this one has {len(starts)}")
    reached, edge = set(starts), set(starts)
    while edge:
        edge = {target for source, target in flows if source in edge} - reached
        reached |= edge
    for element_id, element in steps.items():
        if element_id not in reached:
            raise CityDataError(
                path, element.sourceline, f"no way leads to {_named(element)}", "Connect or delete it."
            )
        if _local(element) != "endEvent" and not any(source == element_id for source, _ in flows):
            raise CityDataError(
                path, element.sourceline, f"{_named(element)} leads nowhere", "Lead it to an endEvent."
            )
