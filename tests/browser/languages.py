"""Sentences of the other language on a page: what the catalogues and the city's files hold in both is compared."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml
from babel.messages.pofile import read_po

from satu.config.cli import ROOT
from satu.config.messages import po_files

_PLACE = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")
_KEY = 8
#: What other systems answer, as they write it, and no text of ours.
_DATA = {"Aktif", "BPJS Kesehatan"}
#: Laws are cited as they are called.
_LAW = re.compile(r"(?:UU|PP|Perpres|Permen\w+|Perda|Perwal) ")


@dataclass
class Texts:
    """All that may be said in one language only."""

    plain: set[str] = field(default_factory=set)
    patterns: dict[str, list[re.Pattern[str]]] = field(default_factory=lambda: defaultdict(list))

    def holds(self, text: str) -> bool:
        return text in self.plain or any(one.fullmatch(text) for one in self.patterns.get(text[:_KEY], ()))


def foreign_on(language: str, said: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Texts of a page in ``language`` that are of the other one; ``said`` are pairs of language and text.

    What is marked as of another language (``lang=``) may be.
    """
    other = _only("en" if language == "id" else "id")
    yield from sorted(
        {
            text
            for marked, text in said
            if marked == language and text not in _DATA and not _LAW.match(text) and other.holds(text)
        }
    )


@lru_cache
def _only(language: str) -> Texts:
    """What is said so in this language and not in the other."""
    pairs = list(_pairs())
    mine = {pair[language] for pair in pairs}
    others = {pair["en" if language == "id" else "id"] for pair in pairs}
    texts = Texts()
    for text in (_spaced(text) for text in mine - others):
        if not _PLACE.search(text):
            texts.plain.add(text)
        elif len(before := _PLACE.split(text)[0]) >= _KEY:
            parts = [re.escape(part) for part in _PLACE.split(text)]
            texts.patterns[before[:_KEY]].append(re.compile(".+".join(parts)))
    return texts


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _pairs() -> Iterator[dict[str, str]]:
    for po in po_files():
        with po.open("rb") as source:
            for message in read_po(source, locale="id"):
                english = message.id if isinstance(message.id, (list, tuple)) else [message.id]
                indonesian = message.string if isinstance(message.string, (list, tuple)) else [message.string]
                for number, text in enumerate(english):
                    if text:
                        yield {"en": text, "id": str(indonesian[min(number, len(indonesian) - 1)])}
    for path in sorted((ROOT / "cities").rglob("*.yaml")):
        yield from _labels(yaml.safe_load(path.read_text(encoding="utf-8")))


def _labels(node: Any) -> Iterator[dict[str, str]]:
    if isinstance(node, dict):
        if {"id", "en"} <= node.keys() and all(isinstance(node[one], str) for one in ("id", "en")):
            yield {"id": node["id"], "en": node["en"]}
        for inside in node.values():
            yield from _labels(inside)
    elif isinstance(node, list):
        for inside in node:
            yield from _labels(inside)
