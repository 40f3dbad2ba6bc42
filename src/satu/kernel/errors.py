"""Errors are part of the interface: a page turns one into a sentence, the API into RFC 9457 problem details."""

from collections.abc import Mapping
from typing import Self

from django.utils.functional import Promise


class SatuError(Exception):
    """What an action raises when it will not do what was asked. Nothing has changed when it is raised.

    ``code`` is stable and for programs; ``sentence`` is for the person, in her language (lazily translated);
    ``field`` names the input that caused it, if one did. ``status`` is the HTTP status that fits.
    """

    code = "error"
    status = 400

    def __init__(self, sentence: str | Promise, *, field: str | None = None, **facts: object) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.field = field
        self.errors: Mapping[str, str | Promise] = {field or "": sentence}
        self.facts: Mapping[str, object] = facts


class InvalidInput(SatuError):
    code = "invalid-input"
    status = 422

    @classmethod
    def of(cls, errors: Mapping[str, str | Promise]) -> "InvalidInput":
        """Everything that is wrong at once: a sentence for each field."""
        field, sentence = next(iter(errors.items()))
        error = cls(sentence, field=field or None)
        error.errors = errors
        return error


class Gathering:
    """Reads several inputs and raises what is wrong with them together, so that nobody mends one after the other.

    ``with gather("name"): …`` takes an ``InvalidInput`` down under its field, or under the given one; after the last
    of them ``gather.refuse()`` raises.
    """

    def __init__(self) -> None:
        self._errors: dict[str, str | Promise] = {}
        self._field = ""

    def __call__(self, field: str = "") -> Self:
        self._field = field
        return self

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if not isinstance(error, InvalidInput):
            return False
        found = error.errors if error.field else {self._field: error.sentence}
        self._errors |= {name: sentence for name, sentence in found.items() if name not in self._errors}
        return True

    def refuse(self) -> None:
        """Raises ``InvalidInput`` with all of them, if there are any."""
        if self._errors:
            raise InvalidInput.of(self._errors)


class NotAllowed(SatuError):
    code = "not-allowed"
    status = 403


class Missing(SatuError):
    """There is no such thing, or the asker may not know that there is."""

    code = "not-found"
    status = 404


class Conflict(SatuError):
    """Somebody else was there first; what was asked no longer fits."""

    code = "conflict"
    status = 409


class TryAgain(Conflict):
    """Somebody else is at it this very moment; a little later it may well work."""

    code = "try-again"
