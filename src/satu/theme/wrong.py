"""What is wrong with what somebody sent, said everywhere in one way (GOV.UK Design System, error summary).

A view gives its template ``wrong``, and no more. The layout then begins the title with it and puts the summary, to
which the focus goes, above the page; a field asks ``wrong.at("its-id")`` for its own sentence. Without it nothing is
wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from satu.kernel.errors import SatuError

Sentences = Mapping[str, object]
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Wrong:
    """``sentences`` by the id of the field; under an empty one what is wrong with no field, or with all of it."""

    sentences: Sentences = field(default_factory=dict, repr=False)
    labels: Sentences = field(default_factory=dict)
    """What a field is called, where its sentence does not say it; by id."""
    first: Mapping[str, str] = field(default_factory=dict)
    """By id: the input that gets the focus, where the field is a group of several."""

    def __bool__(self) -> bool:
        return bool(self.sentences)

    def at(self, id_: str) -> dict[str, object] | None:
        """What GOV.UK Frontend's macros take as ``errorMessage``."""
        if id_ not in self.sentences:
            return None
        return {"text": self.sentences[id_], "visuallyHiddenText": _("Error")}

    def shown(self, id_: str) -> dict[str, object]:
        """The same for the macro of the message itself, where a group of fields is put together by hand."""
        return {"id": f"{id_}-error", **(self.at(id_) or {})}

    @property
    def listed(self) -> list[dict[str, object]]:
        """For the summary, each with the way to its field."""
        return [
            {"text": self._told(id_, sentence), "href": f"#{self.first.get(id_, id_)}" if id_ else None}
            for id_, sentence in self.sentences.items()
        ]

    def of(self, form: Any) -> "Wrong":
        """What is wrong with one of Django's forms; where nothing is, what was known before."""
        told = getattr(form, "errors", _NOTHING)
        found = {"" if name == "__all__" else name: next(iter(sentences)) for name, sentences in told.items()}
        return Wrong(found) if found else self

    def _told(self, id_: str, sentence: object) -> object:
        if id_ not in self.labels:
            return sentence
        label = str(self.labels[id_])
        return f"{label}{' ' if label.endswith('?') else ': '}{sentence}"


def wrong_with(
    error: SatuError | Sentences | None,
    *,
    ids: Mapping[str, str] = _NOTHING,
    prefix: str = "",
    labels: Sentences = _NOTHING,
    first: Mapping[str, str] = _NOTHING,
) -> Wrong:
    """What an error says, for a page.

    ``ids``: by field, the id on this page, where it is another; ``prefix`` begins the ids of the fields without one.
    ``labels`` are by field.
    """
    found = error.errors if isinstance(error, SatuError) else error or {}

    def id_of(name: str) -> str:
        return ids[name] if name in ids else prefix + name if name else ""

    return Wrong(
        {id_of(name): sentence for name, sentence in found.items()},
        {id_of(name): label for name, label in labels.items()},
        first,
    )
