"""Another register of this installation: in this process, on this database (``hub.local_sources``)."""

from django.db import DatabaseError, OperationalError, connection, transaction

from satu.hub import local_sources
from satu.hub.connectors.base import LocalConnector, Question, Trouble
from satu.hub.mapping import Records


class LocalSourceConnector(LocalConnector):
    def fetch(self, question: Question) -> Records:
        read = local_sources.source(question.operation.source)
        if read is None:
            raise Trouble("unreachable", f"no register is called {question.operation.source}")
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {int(question.seconds_left * 1000) + 1}")
                rows = tuple(read(question.subject))
                cursor.execute("SET LOCAL statement_timeout = DEFAULT")
        except OperationalError as error:
            raise Trouble("deadline", type(error).__name__) from error
        except DatabaseError as error:
            raise Trouble("error", type(error).__name__) from error
        return Records(rows)
