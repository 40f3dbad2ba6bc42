"""How an operation is declared: whom it is for, what it answers, whether it may be repeated."""

from collections.abc import Callable
from typing import Any, TypeVar

from ninja import Router

from satu.api.callers import Kind, Only
from satu.api.once import How, once

Function = TypeVar("Function", bound=Callable[..., Any])


class Chapter(Router):
    """A part of the reference with its operations. The name of each function is its ``operationId``."""

    def __init__(self, tag: str, kind: Kind = "anyone") -> None:
        super().__init__(tags=[tag])
        self.kind: Kind = kind

    def look(
        self,
        path: str,
        summary: str,
        answer: Any,
        *,
        about: str = "",
        kind: Kind | None = None,
        public: bool = False,
    ) -> Callable[[Function], Function]:
        """GET: nothing is changed."""
        only = None if public else Only(kind or self.kind, looks=True)
        return self._operation("GET", path, (summary, about), answer, only)

    def ask(
        self,
        path: str,
        summary: str,
        answer: Any,
        *,
        about: str = "",
        public: bool = False,
    ) -> Callable[[Function], Function]:
        """POST that changes nothing: what is asked has no place in an address."""
        only = None if public else Only(self.kind, looks=True)
        return self._operation("POST", path, (summary, about), answer, only)

    def act(
        self,
        path: str,
        summary: str,
        answer: Any,
        *,
        how: How,
        about: str = "",
        status: int = 200,
    ) -> Callable[[Function], Function]:
        """POST that does something, once a key."""
        only = Only(self.kind, looks=False)
        declared = self._operation("POST", path, (summary, about), {status: answer}, only)
        return lambda function: declared(once(how)(function))

    def settle(
        self, path: str, summary: str, answer: Any, *, kind: Kind | None = None
    ) -> Callable[[Function], Function]:
        """PUT: the same twice is once by its nature."""
        return self._operation("PUT", path, (summary, ""), answer, Only(kind or self.kind, looks=False))

    def remove(self, path: str, summary: str, *, kind: Kind | None = None) -> Callable[[Function], Function]:
        """DELETE, answered with 204."""
        return self._operation("DELETE", path, (summary, ""), {204: None}, Only(kind or self.kind, looks=False))

    def _operation(
        self, method: str, path: str, told: tuple[str, str], answer: Any, only: Only | None
    ) -> Callable[[Function], Function]:
        def declared(function: Function) -> Function:
            name = function.__name__
            return self.api_operation(
                [method],
                path,
                auth=only,
                response=answer,
                summary=told[0],
                description=told[1],
                operation_id=name,
                url_name=name,
            )(function)

        return declared
