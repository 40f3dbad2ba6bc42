"""The usual process: a list of steps in ``service.yaml``, compiled to BPMN that any modeller opens.

What comes out is run, checked and shown like a drawn ``process.bpmn``. A request that a rule or an officer refuses
goes to one refusal at the end; one that an officer sends back comes in again at the first step, so that the rules
look at what was corrected.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker

from satu.services.workflow import APPLICANT, BPMN

_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_WAY = "http://www.omg.org/spec/DD/20100524/DI"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SIZES = {"startEvent": (36, 36), "endEvent": (36, 36), "exclusiveGateway": (50, 50)}
_BOX = (120, 80)
_ACROSS, _DOWN, _MARGIN = 180, 150, 100
_MAIN, _ABOVE, _BELOW = 1, 0, 2

_bpmn = ElementMaker(namespace=BPMN, nsmap={"bpmn": BPMN, "bpmndi": _DI, "dc": _DC, "di": _WAY, "xsi": _XSI})
_di = ElementMaker(namespace=_DI)
_dc = ElementMaker(namespace=_DC)
_way = ElementMaker(namespace=_WAY)


@dataclass(frozen=True, slots=True)
class _Node:
    kind: str
    id: str
    name: str
    implementation: str
    column: int
    row: int

    @property
    def size(self) -> tuple[int, int]:
        return _SIZES.get(self.kind, _BOX)

    @property
    def centre(self) -> tuple[int, int]:
        return _MARGIN + self.column * _ACROSS, _MARGIN + self.row * _DOWN


@dataclass(frozen=True, slots=True)
class _Flow:
    source: str
    target: str
    name: str = ""
    condition: str = ""
    default: bool = False

    @property
    def id(self) -> str:
        return f"{self.source}_to_{self.target}"


@dataclass(slots=True)
class _Drawing:
    nodes: dict[str, _Node] = field(default_factory=dict)
    flows: list[_Flow] = field(default_factory=list)
    loose: list[tuple[str, str, str]] = field(default_factory=list)
    """What waits for the next step: source, name and condition of the flow that will lead to it."""
    refusing: bool = False
    back: list[str] = field(default_factory=list)
    column: int = 0

    def add(self, kind: str, key: str, name: str, implementation: str = "", row: int = _MAIN) -> str:
        """Put an element behind what is loose, on the main row; elsewhere it stands under the last one."""
        if row == _MAIN:
            for source, label, condition in self.loose:
                self.flows.append(_Flow(source, key, label, condition))
            self.loose = [(key, "", "")]
            self.nodes[key] = _Node(kind, key, name, implementation, self.column, row)
            self.column += 1
        else:
            self.nodes[key] = _Node(kind, key, name, implementation, self.column - 1, row)
        return key

    def fork(self, key: str, condition: str) -> str:
        """A gateway: on where the condition holds, to the refusal where nothing does."""
        way = self.add("exclusiveGateway", f"{key}_way", "")
        self.loose = [(way, "setuju", condition)]
        self.flows.append(_Flow(way, "refuse", "tidak", default=True))
        self.refusing = True
        return way


def compile_steps(service: str, name: str, steps: Sequence[Mapping[str, Any]], tables: Mapping[str, str]) -> str:
    """BPMN with its picture. ``tables`` gives the name of each table that decides; the others only advise.

    The steps have been checked: each is one of ``rule``, ``task``, ``issue`` and ``notify``.
    """
    drawing = _Drawing()
    drawing.add("startEvent", "submitted", "Permohonan masuk")
    for number, step in enumerate(steps, start=1):
        _add_step(drawing, number, step, tables)
    drawing.add("endEvent", "done", "Selesai")
    first = next(flow.target for flow in drawing.flows if flow.source == "submitted")
    drawing.flows.extend(_Flow(correction, first) for correction in drawing.back)
    if drawing.refusing:
        _add_refusal(drawing)
    return _xml(service, name, drawing)


def _add_step(drawing: _Drawing, number: int, step: Mapping[str, Any], tables: Mapping[str, str]) -> None:
    if "rule" in step:
        key = step["rule"]
        drawing.add("businessRuleTask", f"rule_{key}", "Periksa aturan", key)
        if key in tables:
            drawing.fork(f"rule_{key}", f'{key}.result == "approve"')
    elif "task" in step:
        _add_task(drawing, step["task"])
    elif "issue" in step:
        drawing.add("serviceTask", "issue", "Terbitkan surat", "issue_document")
    else:
        drawing.add("serviceTask", f"notify_{number}", "Beri tahu pemohon", "tell_applicant")


def _add_task(drawing: _Drawing, task: Mapping[str, Any]) -> None:
    key = task["id"]
    drawing.add("userTask", key, task["label"]["id"], key)
    way = drawing.fork(key, f'{key}.decision == "approve"')
    if "correction" in task["decisions"]:
        correction = drawing.add("userTask", f"{key}_correction", "Perbaiki permohonan", APPLICANT, row=_ABOVE)
        drawing.flows.append(_Flow(way, correction, "perbaiki", f'{key}.decision == "correction"'))
        drawing.back.append(correction)


def _add_refusal(drawing: _Drawing) -> None:
    column = min(drawing.nodes[flow.source].column for flow in drawing.flows if flow.target == "refuse") + 1
    way = [
        ("serviceTask", "refuse", "Tolak dengan alasan", "refuse_case"),
        ("serviceTask", "tell_refused", "Beri tahu pemohon", "tell_applicant"),
        ("endEvent", "refused", "Ditolak", ""),
    ]
    for place, (kind, key, name, implementation) in enumerate(way):
        drawing.nodes[key] = _Node(kind, key, name, implementation, column + place, _BELOW)
    drawing.flows += [_Flow("refuse", "tell_refused"), _Flow("tell_refused", "refused")]


# ------------------------------------------------------------------------------------------------------------- XML


def _xml(service: str, name: str, drawing: _Drawing) -> str:
    process = _bpmn.process(id=f"p_{service.replace('-', '_')}", name=name, isExecutable="true")
    process.extend(_element(node, drawing) for node in drawing.nodes.values())
    process.extend(_flow(flow) for flow in drawing.flows)
    plane = _di.BPMNPlane(id="plane", bpmnElement=process.get("id"))
    plane.extend(_shape(node) for node in drawing.nodes.values())
    plane.extend(_edge(flow, drawing.nodes) for flow in drawing.flows)
    root = _bpmn.definitions(
        process, _di.BPMNDiagram(plane, id="diagram"), id="definitions", targetNamespace=f"urn:satu:{service}"
    )
    text: bytes = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")
    return text.decode()


def _element(node: _Node, drawing: _Drawing) -> Any:
    made = _bpmn(node.kind, id=node.id, **({"name": node.name} if node.name else {}))
    if node.implementation:
        made.set("implementation", node.implementation)
    for flow in drawing.flows:
        if flow.source == node.id and flow.default:
            made.set("default", flow.id)
    made.extend(_bpmn.incoming(flow.id) for flow in drawing.flows if flow.target == node.id)
    made.extend(_bpmn.outgoing(flow.id) for flow in drawing.flows if flow.source == node.id)
    return made


def _flow(flow: _Flow) -> Any:
    made = _bpmn.sequenceFlow(id=flow.id, sourceRef=flow.source, targetRef=flow.target)
    if flow.name:
        made.set("name", flow.name)
    if flow.condition:
        condition = _bpmn.conditionExpression(flow.condition)
        condition.set(f"{{{_XSI}}}type", "bpmn:tFormalExpression")
        made.append(condition)
    return made


def _shape(node: _Node) -> Any:
    (x, y), (width, height) = node.centre, node.size
    bounds = _dc.Bounds(x=str(x - width // 2), y=str(y - height // 2), width=str(width), height=str(height))
    shape = _di.BPMNShape(bounds, id=f"{node.id}_shape", bpmnElement=node.id)
    if node.kind == "exclusiveGateway":
        shape.set("isMarkerVisible", "true")
    return shape


def _edge(flow: _Flow, nodes: Mapping[str, _Node]) -> Any:
    points = _points(nodes[flow.source], nodes[flow.target])
    return _di.BPMNEdge(
        *(_way.waypoint(x=str(x), y=str(y)) for x, y in points), id=f"{flow.id}_edge", bpmnElement=flow.id
    )


def _points(source: _Node, target: _Node) -> Iterator[tuple[int, int]]:
    """From edge to edge: straight along a row, with one bend between rows."""
    (x, y), (to_x, to_y) = source.centre, target.centre
    half, to_half = source.size[0] // 2, target.size[0] // 2
    if y == to_y:
        yield x + half, y
        yield to_x - to_half, to_y
    elif target.column <= source.column:  # back, or straight up
        start = source.size[1] // 2
        if x == to_x:
            yield x, y + (start if to_y > y else -start)
        else:
            yield x - half, y
            yield to_x, y
        yield to_x, to_y + (target.size[1] // 2 if to_y < y else -target.size[1] // 2)
    else:
        down = source.size[1] // 2
        yield x, y + (down if to_y > y else -down)
        yield x, to_y
        yield to_x - to_half, to_y
