"""The picture of a case's process, with what is done and where the case is now."""

from uuid import UUID

from satu.identity.types import Actor
from satu.services.models import Case
from satu.services.operations import late_refusal
from satu.services.packages import package_at, process_of
from satu.services.policies import case_to_read, own_task
from satu.services.types import ProcessPicture
from satu.services.workflow import RunningProcess


def picture_for(case_id: UUID, *, by: Actor) -> ProcessPicture | None:
    """Of a case that she may read; ``None`` for a draft, which has no process yet. Raises ``Missing``."""
    return _picture(case_to_read(case_id, by=by))


def picture_of_task(task_id: UUID, *, by: Actor) -> ProcessPicture | None:
    """Of the case that her task is about. Raises what ``policies.own_task`` raises."""
    return _picture(own_task(task_id, by=by).case)


def _picture(case: Case) -> ProcessPicture | None:
    if case.process is None or case.version is None:
        return None
    package = package_at(case.service, case.version.version)
    process = process_of(package)
    places = RunningProcess.resume(process, case.process, {}).places()
    over = case.state == Case.State.WITHDRAWN or late_refusal(case)
    ways = [way for ends, way in process.ways.items() if ends in places.ways]
    return ProcessPicture(
        bpmn=package.bpmn,
        done=tuple(sorted((places.done - places.now) | set(ways))),
        now=() if over else tuple(sorted(places.now)),
    )
