"""Residents of the built city who ask for something, and the officer who decides: real requests by the real actions.

Nothing is written past the actions, and nothing is dated back: every request is of the moment in which it is sent.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.db import connection

from satu.demo.accounts import officer
from satu.identity.queries import demonstration_accounts
from satu.identity.types import Actor
from satu.kernel.errors import SatuError
from satu.kernel.identifiers import Nik
from satu.services import actions, queries

#: How often each is asked for, and for what; all of them take one answer.
_ASKED: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "domisili": (
        5,
        ("membuka rekening bank", "mendaftar sekolah anak", "melamar kerja", "mengurus sambungan listrik"),
    ),
    "sktm": (3, ("keringanan biaya sekolah", "mendaftar beasiswa kuliah", "keringanan biaya rumah sakit")),
    "belum-menikah": (3, ("mendaftar kerja", "mengurus pernikahan", "mendaftar pendidikan kedinasan")),
}
_NEVER_MARRIED_ONLY = frozenset({"belum-menikah"})
_WHO = """
SELECT r.nik, r.marital_status FROM registry_resident r
WHERE r.life_status = 1 AND r.birth_date < CURRENT_DATE - interval '18 years' AND r.nik <> ALL(%(taken)s)
ORDER BY md5(r.id || %(seed)s) LIMIT %(count)s
"""
_NEVER_MARRIED = 1
#: Who sends them, in every event: nobody takes these for requests that somebody pressed.
BY = "system:demonstration"
_SENT = "SELECT count(*) FROM services_case WHERE applicant = %s AND submitted_at IS NOT NULL"
_REFUSED = "Menurut kunjungan ke rumah, penghasilan keluarga di atas batas."
_TO_CORRECT = "Tulislah untuk sekolah yang mana surat ini."


@dataclass(slots=True)
class Lived:
    """What has come of it. ``stopped``: drafts that a system or a rule did not let go on."""

    sent: int = 0
    documents: int = 0
    refused: int = 0
    waiting: int = 0
    stopped: int = 0


def still_to_ask(*, up_to: int) -> int:
    """How many requests are missing until the city's residents have sent so many by themselves."""
    with connection.cursor() as cursor:
        cursor.execute(_SENT, [BY])
        return max(up_to - int(cursor.fetchone()[0]), 0)


def live(
    *,
    requests: int,
    seed: str,
    report: Callable[[], object] = lambda: None,
    enough: Callable[[], bool] = lambda: False,
) -> Lived:
    """Let so many residents ask for something. Another ``seed`` lets others ask.

    ``enough`` is asked before each of them: what has begun is brought to its end.
    """
    chance = random.Random(seed)  # noqa: S311 - who asks for what in a made-up city is no secret
    lived = Lived()
    for nik, marital_status in _residents(requests, seed):
        if enough():
            break
        try:
            _ask(Actor(BY, "resident", "", nik=nik), marital_status, chance, lived)
        except SatuError:
            lived.stopped += 1
        report()
    return lived


def _residents(count: int, seed: str) -> Iterator[tuple[Nik, int]]:
    taken = [account.login for account in demonstration_accounts()]
    with connection.cursor() as cursor:
        cursor.execute(_WHO, {"taken": taken, "seed": seed, "count": count})
        for nik, marital_status in cursor.fetchall():
            yield Nik(nik), marital_status


def _ask(by: Actor, marital_status: int, chance: random.Random, lived: Lived) -> None:
    fitting = [slug for slug in _ASKED if slug not in _NEVER_MARRIED_ONLY or marital_status == _NEVER_MARRIED]
    service = chance.choices(fitting, [_ASKED[slug][0] for slug in fitting])[0]
    purpose = chance.choice(_ASKED[service][1])
    case = actions.start_case(service=service, by=by)
    actions.send_case(case_id=case, answers={"purpose": purpose}, by=by)
    lived.sent += 1
    actions.advance_case(case_id=case)
    _decide(queries.case_for(case, by=by).number, chance)
    if queries.case_for(case, by=by).state == "returned":
        actions.resubmit_case(case_id=case, answers={"purpose": f"{purpose} di SDN 1"}, by=by)
        _decide(queries.case_for(case, by=by).number, chance)
    actions.advance_case(case_id=case)
    state = queries.case_for(case, by=by).state
    lived.documents += state == "issued"
    lived.refused += state == "refused"
    lived.waiting += state not in {"issued", "refused"}


def _decide(number: str, chance: random.Random) -> None:
    """The officer at the counter decides on most of what comes to her, in a moment."""
    by = officer("front-office", agency="kelurahan")
    task = next(iter(queries.queue_of(by, text=number).items), None) if by else None
    if by is None or task is None:
        return
    decision, reason = chance.choices(
        [("approve", ""), ("refuse", _REFUSED), ("correction", _TO_CORRECT), ("", "")], [12, 2, 2, 4]
    )[0]
    if decision:
        actions.decide_task(task_id=task.id, decision=decision, reason=reason, by=by)
