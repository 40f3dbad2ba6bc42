"""Errors are part of the interface: a page turns one into a sentence, the API into RFC 9457 problem details."""

from collections.abc import Mapping

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
        self.facts: Mapping[str, object] = facts


class InvalidInput(SatuError):
    code = "invalid-input"
    status = 422


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
