"""The usual process: a list of steps in ``service.yaml``, compiled to BPMN that any modeller opens.

What comes out is run, checked and shown like a drawn ``process.bpmn``. A request that a rule or an officer refuses
goes to one refusal at the end; one that an officer sends back comes in again at the first step, so that the rules
look at what was corrected. Branches side by side are all waited for; only then it is seen whether all agreed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from satu.services.drawing import ABOVE, MAIN, Drawing, Flow, to_xml
from satu.services.workflow import APPLICANT, PAYMENT

Step = Mapping[str, Any]
#: The key of the document that closes a request.
MAIN_DOCUMENT = "document"
NONE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class _Verdict:
    """When what was drawn has agreed, and when it wants a correction: expressions over the process's data."""

    agrees: str = ""
    corrects: str = ""

    def then(self, other: "_Verdict") -> "_Verdict":
        """This, and after it the other one."""
        if not other.agrees:
            return self
        corrects = [part for part in (self.corrects, _both(self.agrees, other.corrects)) if part]
        return _Verdict(_both(self.agrees, other.agrees), " or ".join(f"({part})" for part in corrects))


@dataclass(slots=True)
class _Compiler:
    tables: Mapping[str, str]
    operation_names: Mapping[str, str]
    documents: Mapping[str, str]
    drawing: Drawing = field(default_factory=Drawing)
    operations: int = 0
    refusing: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)

    def add(self, number: int, step: Step) -> None:
        """One step of the main row; what does not agree leaves it."""
        if condition := step.get("task", {}).get("when"):
            self._where_needed(number, step, condition)
        elif "parallel" in step:
            self._parallel(number, step["parallel"])
        elif step.get("task", {}).get("informs"):
            self._inform(step["task"])
        elif step.keys() & {"issue", "pay", "notify", "wait"}:
            self._plain(number, step)
        else:
            key, verdict = self._simple(step)
            if verdict.agrees:
                self._fork(key, verdict)

    def _plain(self, number: int, step: Step) -> None:
        """A document, a payment, a wait or a notice."""
        if "issue" in step and step["issue"] != MAIN_DOCUMENT:
            key = step["issue"]
            self.drawing.add("serviceTask", f"issue_{key}", self.documents[key], f"issue_document:{key}")
        elif "issue" in step:
            self.drawing.add("serviceTask", "issue", "Terbitkan surat", "issue_document")
        elif "pay" in step:
            self.drawing.add("userTask", "pay", "Bayar tagihan", PAYMENT)
        elif "wait" in step:
            days = step["wait"]["days"]
            name = f"Tunggu {days} hari kerja"
            self.drawing.add("intermediateCatchEvent", f"wait_{number}", name, str(days))
        else:
            self.drawing.add("serviceTask", f"notify_{number}", "Beri tahu pemohon", "tell_applicant")

    def _where_needed(self, number: int, step: Step, condition: str) -> None:
        """A task that requests go by for which its condition does not hold."""
        drawing, key = self.drawing, step["task"]["id"]
        way = drawing.add("exclusiveGateway", f"{key}_needed", "")
        drawing.loose = [(way, "perlu", condition)]
        self.add(number, {"task": {name: part for name, part in step["task"].items() if name != "when"}})
        # Both ways meet, so that what follows begins once; the one that goes by passes under the task.
        meet = drawing.add("exclusiveGateway", f"{key}_done", "")
        drawing.flows.append(Flow(way, meet, "tidak perlu", default=True, under=True))

    def _simple(self, step: Step) -> tuple[str, _Verdict]:
        """A rule, an officer's task or an operation, and how it is seen whether it agreed."""
        if "rule" in step:
            key = step["rule"]
            self.drawing.add("businessRuleTask", f"rule_{key}", "Periksa aturan", key)
            return f"rule_{key}", _Verdict(f'{key}.result == "approve"') if key in self.tables else _Verdict()
        if "task" in step:
            key = step["task"]["id"]
            self.drawing.add("userTask", key, step["task"]["label"]["id"], key)
            sends_back = "correction" in step["task"].get("decisions", ())
            return key, _Verdict(
                f'{key}.decision == "approve"', f'{key}.decision == "correction"' if sends_back else ""
            )
        self.operations += 1
        key = f"operation_{self.operations}"
        self.drawing.add("serviceTask", key, self.operation_names[step["operation"]], step["operation"])
        return key, _Verdict()

    def _fork(self, key: str, verdict: _Verdict) -> None:
        """A gateway: on where all agree, to the applicant where somebody asks for it, else to the refusal."""
        drawing = self.drawing
        way = drawing.add("exclusiveGateway", f"{key}_way", "")
        drawing.loose = [(way, "setuju", verdict.agrees)]
        self.refusing.append(way)
        if verdict.corrects:
            correction = drawing.put(
                "userTask",
                f"{key}_correction",
                "Perbaiki permohonan",
                APPLICANT,
                column=drawing.nodes[way].column,
                row=ABOVE,
            )
            drawing.flows.append(Flow(way, correction, "perbaiki", verdict.corrects))
            self.back.append(correction)

    def _inform(self, task: Mapping[str, Any]) -> None:
        """Somebody takes note, and the request does not wait for it."""
        drawing, key = self.drawing, task["id"]
        split = drawing.add("parallelGateway", f"{key}_split", "")
        column = drawing.nodes[split].column
        drawing.put("userTask", key, task["label"]["id"], key, column=column, row=MAIN + 1)
        drawing.put("endEvent", f"{key}_noted", "Dicatat", column=column, row=MAIN + 2)
        drawing.flows += [Flow(split, key), Flow(key, f"{key}_noted")]

    def _parallel(self, number: int, branches: Sequence[Sequence[Step]]) -> None:
        """All branches at once, joined when each has come to its end; then on if all agreed."""
        drawing = self.drawing
        split = drawing.add("parallelGateway", f"parallel_{number}", "")
        first, ends, verdicts = drawing.column, [], []
        for place, branch in enumerate(branches):
            drawing.loose, drawing.column, drawing.row = [(split, "", "")], first, MAIN + place
            verdicts.append(self._branch(f"parallel_{number}_{place + 1}", branch))
            ends.append((drawing.loose, drawing.column))
        drawing.loose = [way for loose, _column in ends for way in loose]
        drawing.column, drawing.row = max(column for _loose, column in ends), MAIN
        drawing.add("parallelGateway", f"parallel_{number}_join", "")
        said = [verdict for verdict in verdicts if verdict.agrees]
        if said:
            self._fork(f"parallel_{number}", _together(said))

    def _branch(self, key: str, branch: Sequence[Step]) -> _Verdict:
        """Steps one after the other; where one does not agree, the others of its branch are left out."""
        drawing, verdict, leaving = self.drawing, _Verdict(), []
        for place, step in enumerate(branch):
            name, said = self._simple(step)
            verdict = verdict.then(said) if verdict.agrees else said
            if said.agrees and place + 1 < len(branch):
                way = drawing.add("exclusiveGateway", f"{name}_way", "")
                drawing.loose = [(way, "setuju", said.agrees)]
                leaving.append(way)
        if leaving:
            merge = drawing.add("exclusiveGateway", f"{key}_end", "")
            drawing.flows += [Flow(way, merge, "tidak", default=True, under=True) for way in leaving]
        return verdict

    def refusal(self) -> None:
        drawing = self.drawing
        column = min(drawing.nodes[way].column for way in self.refusing) + 1
        row = drawing.below
        steps = [
            ("serviceTask", "refuse", "Tolak dengan alasan", "refuse_case"),
            ("serviceTask", "tell_refused", "Beri tahu pemohon", "tell_applicant"),
            ("endEvent", "refused", "Ditolak", ""),
        ]
        for place, (kind, key, name, implementation) in enumerate(steps):
            drawing.put(kind, key, name, implementation, column=column + place, row=row)
        drawing.flows += [Flow(way, "refuse", "tidak", default=True, down=True) for way in self.refusing]
        drawing.flows += [Flow("refuse", "tell_refused"), Flow("tell_refused", "refused")]


def compile_steps(
    service: str,
    name: str,
    steps: Sequence[Step],
    tables: Mapping[str, str],
    operations: Mapping[str, str],
    *,
    documents: Mapping[str, str] = NONE,
) -> str:
    """BPMN with its picture. ``tables`` gives the name of each table that decides; the others only advise.

    ``operations`` and ``documents`` give what stands on the picture for each operation, and for each document beside
    the main one.

    The steps have been checked: see ``packages/checks.py``.
    """
    compiler = _Compiler(tables, operations, documents)
    drawing = compiler.drawing
    drawing.add("startEvent", "submitted", "Permohonan masuk")
    for number, step in enumerate(steps, start=1):
        compiler.add(number, step)
    drawing.add("endEvent", "done", "Selesai")
    first = next(flow.target for flow in drawing.flows if flow.source == "submitted")
    drawing.flows.extend(Flow(correction, first) for correction in compiler.back)
    if compiler.refusing:
        compiler.refusal()
    return to_xml(service, name, drawing)


def _both(one: str, other: str) -> str:
    return f"{one} and {other}" if one and other else ""


def _together(verdicts: Sequence[_Verdict]) -> _Verdict:
    """All agree; or none refuses, and somebody wants a correction."""
    agrees = " and ".join(verdict.agrees for verdict in verdicts)
    if not any(verdict.corrects for verdict in verdicts):
        return _Verdict(agrees)
    none_refuses = " and ".join(
        f"({verdict.agrees} or {verdict.corrects})" if verdict.corrects else f"({verdict.agrees})"
        for verdict in verdicts
    )
    return _Verdict(agrees, f"not ({agrees}) and {none_refuses}")
