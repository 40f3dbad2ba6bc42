"""What happens in the register, told to the systems that want to hear it. Each listener bears being called twice."""

from collections.abc import Mapping
from typing import Any

from satu.hub.actions import tell
from satu.hub.types import Subject
from satu.kernel.outbox import listen
from satu.registry import events, queries
from satu.registry.types import Resident


@listen(events.RESIDENT_MOVED)
def tell_of_a_move(payload: Mapping[str, Any]) -> None:
    for resident in queries.residents([payload["resident"]]):
        _tell_moved(resident, payload["change"])


@listen(events.FAMILY_MOVED)
def tell_of_a_familys_move(payload: Mapping[str, Any]) -> None:
    for resident in queries.residents(payload["residents"]):
        _tell_moved(resident, payload["change"])


@listen(events.BORN)
def tell_of_a_birth(payload: Mapping[str, Any]) -> None:
    for child in queries.residents([payload["resident"]]):
        if child.address is None:
            continue
        parts = {
            "name": child.name,
            "sex": child.sex,
            "born_on": child.birth_date.isoformat(),
            "mother_nik": child.mother_nik.value if child.mother_nik else "",
            "address": child.address.line,
            "rt": child.address.rt,
            "rw": child.address.rw,
            "kelurahan": child.address.kelurahan.name,
        }
        tell(news="resident-born", about=Subject.person(child.nik), parts=parts, change=payload["change"])


def _tell_moved(resident: Resident, change: str) -> None:
    home = resident.address
    if home is None or resident.residence_since is None:
        return
    parts = {
        "name": resident.name,
        "address": home.line,
        "rt": home.rt,
        "rw": home.rw,
        "kelurahan": home.kelurahan.name,
        "kelurahan_code": home.kelurahan.code,
        "kecamatan": home.kecamatan.name,
        "postcode": home.postcode,
        "since": resident.residence_since.isoformat(),
    }
    tell(news="resident-moved", about=Subject.person(resident.nik), parts=parts, change=change)
