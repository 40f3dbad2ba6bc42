"""A process as it is drawn: elements on columns and rows, the ways between them, and the BPMN with its picture."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker

from satu.services.workflow import BPMN

_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_WAY = "http://www.omg.org/spec/DD/20100524/DI"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SIZES = {
    "startEvent": (36, 36),
    "endEvent": (36, 36),
    "intermediateCatchEvent": (36, 36),
    "exclusiveGateway": (50, 50),
    "parallelGateway": (50, 50),
}
_BOX = (120, 80)
_ACROSS, _DOWN, _MARGIN = 180, 150, 100
_LANE = 65
"""How far below a row a way passes under the elements that stand in it."""
ABOVE, MAIN = 0, 1

_bpmn = ElementMaker(namespace=BPMN, nsmap={"bpmn": BPMN, "bpmndi": _DI, "dc": _DC, "di": _WAY, "xsi": _XSI})
_di = ElementMaker(namespace=_DI)
_dc = ElementMaker(namespace=_DC)
_way = ElementMaker(namespace=_WAY)


@dataclass(frozen=True, slots=True)
class Node:
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
class Flow:
    source: str
    target: str
    name: str = ""
    condition: str = ""
    default: bool = False
    under: bool = False
    """Drawn below what stands between its ends."""
    down: bool = False
    """Drawn down to a row that everything above leads to."""

    @property
    def id(self) -> str:
        return f"{self.source}_to_{self.target}"


@dataclass(slots=True)
class Drawing:
    """What has been drawn so far. ``loose``: source, name and condition of what will lead to the next element."""

    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    loose: list[tuple[str, str, str]] = field(default_factory=list)
    column: int = 0
    row: int = MAIN

    def add(self, kind: str, key: str, name: str, implementation: str = "") -> str:
        """Put an element behind what is loose, in the next column."""
        for source, label, condition in self.loose:
            self.flows.append(Flow(source, key, label, condition))
        self.loose = [(key, "", "")]
        self.put(kind, key, name, implementation, column=self.column, row=self.row)
        self.column += 1
        return key

    def put(self, kind: str, key: str, name: str, implementation: str = "", *, column: int, row: int) -> str:
        """Put an element somewhere, without a way to it."""
        self.nodes[key] = Node(kind, key, name, implementation, column, row)
        return key

    @property
    def below(self) -> int:
        """The first row that nothing stands in."""
        return max(node.row for node in self.nodes.values()) + 1


# ------------------------------------------------------------------------------------------------------------- XML


def to_xml(service: str, name: str, drawing: Drawing) -> str:
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


def _element(node: Node, drawing: Drawing) -> Any:
    made = _bpmn(node.kind, id=node.id, **({"name": node.name} if node.name else {}))
    if node.implementation and node.kind != "intermediateCatchEvent":
        made.set("implementation", node.implementation)
    for flow in drawing.flows:
        if flow.source == node.id and flow.default:
            made.set("default", flow.id)
    made.extend(_bpmn.incoming(flow.id) for flow in drawing.flows if flow.target == node.id)
    made.extend(_bpmn.outgoing(flow.id) for flow in drawing.flows if flow.source == node.id)
    if node.kind == "intermediateCatchEvent":
        duration = _bpmn.timeDuration(f"P{node.implementation}D")
        duration.set(f"{{{_XSI}}}type", "bpmn:tFormalExpression")
        made.append(_bpmn.timerEventDefinition(duration, id=f"{node.id}_timer"))
    return made


def _flow(flow: Flow) -> Any:
    made = _bpmn.sequenceFlow(id=flow.id, sourceRef=flow.source, targetRef=flow.target)
    if flow.name:
        made.set("name", flow.name)
    if flow.condition:
        condition = _bpmn.conditionExpression(flow.condition)
        condition.set(f"{{{_XSI}}}type", "bpmn:tFormalExpression")
        made.append(condition)
    return made


def _shape(node: Node) -> Any:
    (x, y), (width, height) = node.centre, node.size
    bounds = _dc.Bounds(x=str(x - width // 2), y=str(y - height // 2), width=str(width), height=str(height))
    shape = _di.BPMNShape(bounds, id=f"{node.id}_shape", bpmnElement=node.id)
    if node.kind == "exclusiveGateway":
        shape.set("isMarkerVisible", "true")
    return shape


def _edge(flow: Flow, nodes: Mapping[str, Node]) -> Any:
    source, target = nodes[flow.source], nodes[flow.target]
    over = any(node.row == source.row and target.column < node.column < source.column for node in nodes.values())
    points = _points(flow, source, target, over=over)
    return _di.BPMNEdge(
        *(_way.waypoint(x=str(x), y=str(y)) for x, y in points), id=f"{flow.id}_edge", bpmnElement=flow.id
    )


def _points(flow: Flow, source: Node, target: Node, *, over: bool) -> Iterator[tuple[int, int]]:
    """From edge to edge: straight along a row, with one bend between rows, under or ``over`` what stands between."""
    (x, y), (to_x, to_y) = source.centre, target.centre
    half, to_half = source.size[0] // 2, target.size[0] // 2
    if flow.under:
        yield x, y + source.size[1] // 2
        yield x, y + _LANE
        yield to_x, y + _LANE
        yield to_x, to_y + (target.size[1] // 2 if to_y <= y else -target.size[1] // 2)
    elif flow.down:
        yield x, y + source.size[1] // 2
        yield x, to_y - _LANE
        yield to_x, to_y - _LANE
        yield to_x, to_y - target.size[1] // 2
    elif y == to_y:
        yield x + half, y
        yield to_x - to_half, to_y
    elif target.column <= source.column:  # back, or straight up or down
        yield from _back(source, target, over=over)
        yield to_x, to_y + (target.size[1] // 2 if to_y < y else -target.size[1] // 2)
    elif source.kind in _SIZES and target.kind != "parallelGateway":
        down = source.size[1] // 2
        yield x, y + (down if to_y > y else -down)
        yield x, to_y
        yield to_x - to_half, to_y
    else:  # a branch comes back
        yield x + half, y
        yield to_x, y
        yield to_x, to_y + (target.size[1] // 2 if to_y < y else -target.size[1] // 2)


def _back(source: Node, target: Node, *, over: bool) -> Iterator[tuple[int, int]]:
    """The first bends of a way to an earlier column, or straight up or down."""
    (x, y), (to_x, to_y) = source.centre, target.centre
    half_height = source.size[1] // 2
    if x == to_x:
        yield x, y + (half_height if to_y > y else -half_height)
    elif over:
        yield x, y - half_height
        yield x, y - _LANE
        yield to_x, y - _LANE
    else:
        yield x - source.size[0] // 2, y
        yield to_x, y
