"""Systems whose database is read directly: one SELECT an operation, parametrised, read only.

What such a system is told is a row in a table that it keeps for that, through an account of its own (``inbox``).
"""

import threading
from typing import Any

import sqlalchemy
from sqlalchemy import exc

from satu.hub.connectors.base import BlockingConnector, Message, Question, Trouble, setting
from satu.hub.mapping import Records
from satu.hub.systems import System

_MOST_ROWS = 1000
_READ_ONLY = {
    "sqlite": "PRAGMA query_only = ON",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
}


class SqlConnector(BlockingConnector):
    def __init__(self, system: System) -> None:
        super().__init__(system)
        self._lock = threading.Lock()
        self._engine: sqlalchemy.Engine | None = None
        self._address = ""
        self._inbox: sqlalchemy.Engine | None = None
        self._inbox_address = ""

    def fetch(self, question: Question) -> Records:
        statement = sqlalchemy.text(question.operation.sql)
        wanted = statement.compile().params
        parameters = {name: text for name, text in question.parameters.items() if name in wanted}
        try:
            with self._connect() as connection:
                rows = connection.execute(statement, parameters).mappings().fetchmany(_MOST_ROWS + 1)
        except exc.SQLAlchemyError as error:
            # The text of a driver's error may repeat what was asked; its class says enough.
            raise Trouble("error", type(error).__name__) from None
        if len(rows) > _MOST_ROWS:
            raise Trouble("bad-reply", f"more than {_MOST_ROWS} rows")
        return Records([dict(row) for row in rows])

    def tell(self, message: Message) -> None:
        tell, row = message.tell, {message.tell.key: str(message.id), **message.fill(message.tell.columns)}
        table = sqlalchemy.table(tell.table, *(sqlalchemy.column(name) for name in row))
        there = sqlalchemy.select(table.c[tell.key]).where(table.c[tell.key] == row[tell.key])
        try:
            with self._open_inbox().begin() as connection:
                if connection.execute(there).first() is None:
                    connection.execute(sqlalchemy.insert(table).values(row))
        except exc.SQLAlchemyError as error:
            # Also a row of another try at the same moment: the next try finds it.
            raise Trouble("error", type(error).__name__) from None

    def close(self) -> None:
        for engine in (self._engine, self._inbox):
            if engine is not None:
                engine.dispose()

    def _open_inbox(self) -> sqlalchemy.Engine:
        address = setting(self.system.connection.inbox)
        with self._lock:
            if self._inbox is None or address != self._inbox_address:
                if self._inbox is not None:
                    self._inbox.dispose()
                self._inbox, self._inbox_address = _engine(address, self.system.deadline, may_write=True), address
            return self._inbox

    def _connect(self) -> sqlalchemy.Connection:
        try:
            return self._current_engine().connect()
        except (exc.SQLAlchemyError, ImportError) as error:
            raise Trouble("unreachable", type(error).__name__) from None

    def _current_engine(self) -> sqlalchemy.Engine:
        address = setting(self.system.connection.address)
        with self._lock:
            if self._engine is None or address != self._address:
                self.close()
                self._engine, self._address = _engine(address, self.system.deadline), address
            return self._engine


def _engine(address: str, deadline: float, *, may_write: bool = False) -> sqlalchemy.Engine:
    try:
        url = sqlalchemy.make_url(address)
    except exc.ArgumentError:
        raise Trouble("unreachable", "its address is not a database URL") from None
    dialect = url.get_backend_name()
    if dialect not in _READ_ONLY:
        raise Trouble("unreachable", f"Satu does not know how to read {dialect} without writing")
    engine = sqlalchemy.create_engine(
        url,
        hide_parameters=True,
        pool_size=4,
        max_overflow=4,
        pool_timeout=deadline,
        pool_recycle=300,
        pool_pre_ping=dialect != "sqlite",
        connect_args=_driver_limits(dialect, deadline),
    )

    if may_write:
        return engine

    @sqlalchemy.event.listens_for(engine, "connect")
    def read_only(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(_READ_ONLY[dialect])
        cursor.close()

    return engine


def _driver_limits(dialect: str, deadline: float) -> dict[str, Any]:
    """So that a thread is given back when the deadline is over, and not only left alone."""
    if dialect == "sqlite":
        return {"timeout": deadline}
    if dialect in {"mysql", "mariadb"}:
        return {"connect_timeout": deadline, "read_timeout": deadline, "write_timeout": deadline}
    return {"connect_timeout": max(int(deadline), 1), "options": f"-c statement_timeout={int(deadline * 1000)}"}
