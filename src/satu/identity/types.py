"""Who acts. Every action and every pull takes one as ``by=``."""

from dataclasses import dataclass, field
from typing import Literal

from satu.kernel.identifiers import Nik


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, or a part of Satu itself, that acts.

    ``reference`` is stable and opaque (``account:12``, ``system:worker``) and is what audit and ledger keep.
    A resident has a ``nik``; an officer has an ``agency`` (a code of ``city.yaml``), ``duties`` and ``areas``
    (kelurahan codes; empty means the whole city).
    """

    reference: str
    kind: Literal["resident", "officer", "system"]
    name: str
    nik: Nik | None = None
    agency: str = ""
    duties: frozenset[str] = field(default_factory=frozenset)
    areas: frozenset[str] = field(default_factory=frozenset)

    def has_duty(self, duty: str) -> bool:
        return duty in self.duties


SYSTEM = Actor(reference="system:satu", kind="system", name="Satu")
