"""The population register: in this process, on this database. Its readers land next; until then it is unavailable."""

from satu.hub.connectors.base import LocalConnector, Question, Trouble
from satu.hub.mapping import Records


class RegistryConnector(LocalConnector):
    def fetch(self, question: Question) -> Records:
        raise Trouble("unreachable", f"the register cannot be asked for {question.operation.name} yet")
