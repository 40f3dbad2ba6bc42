"""The population register: in this process, on this database. The only door to it besides the name box."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from django.db import DatabaseError, OperationalError, connection, transaction

from satu.hub.connectors.base import LocalConnector, Question, Trouble
from satu.hub.mapping import Records
from satu.kernel.errors import InvalidInput
from satu.kernel.identifiers import Nik, PopulationNumber
from satu.registry import queries

#: The deadline; and one plan for everybody: planning anew for each person would cost more than the answer.
_BEFORE = """
SELECT set_config('statement_timeout', %s, true), set_config('plan_cache_mode', 'force_generic_plan', true)"""


class RegistryConnector(LocalConnector):
    def fetch(self, question: Question) -> Records:
        try:
            nik = Nik(question.subject.key)
        except InvalidInput:  # no register holds such a number
            return Records(())
        inside = connection.in_atomic_block
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(_BEFORE, [str(int(question.seconds_left * 1000) + 1)])
                resident = queries.resident_by_nik(nik)
                if inside:  # else it ends with this transaction
                    cursor.execute("SET LOCAL statement_timeout = DEFAULT")
        except OperationalError as error:
            raise Trouble("deadline", type(error).__name__) from error
        except DatabaseError as error:
            raise Trouble("error", type(error).__name__) from error
        return Records(() if resident is None else (_plain(resident),))


def _plain(thing: Any) -> Any:
    """The register's dataclasses as the JSON they would be, had they come over a wire."""
    if isinstance(thing, PopulationNumber):
        return thing.value
    if is_dataclass(thing) and not isinstance(thing, type):
        return {field.name: _plain(getattr(thing, field.name)) for field in fields(thing)}
    if isinstance(thing, date):
        return thing.isoformat()
    if isinstance(thing, Mapping):
        return {str(key): _plain(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [_plain(value) for value in thing]
    return thing
