"""Words of officials that no reader needs: which ones, and where they stand."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from babel.messages.catalog import Catalog

_WORDS = Path(__file__).with_name("officialese.yaml")
#: Quoted as they are: the titles of laws, and what people type into a search box.
_QUOTED = frozenset({"legal_basis", "law", "search_words", "basis"})


@lru_cache
def words() -> Mapping[str, str]:
    """Each word that is not used, and what to say instead."""
    both = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return {word: instead for of_language in both.values() for word, instead in of_language.items()}


@lru_cache
def _pattern() -> re.Pattern[str]:
    either = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words(), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])", re.IGNORECASE)


def found_in(text: str) -> Iterator[str]:
    """What is wrong with a text, in words; nothing when it says what it means."""
    for match in _pattern().findall(text):
        word = " ".join(match.lower().split())
        yield f"officialese, “{word}” ({words()[word]})"


def in_catalogue(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """What is wrong, and the text, in both languages of a catalogue."""
    for message in catalogue:
        for texts in (message.id, message.string):
            for text in texts if isinstance(texts, (list, tuple)) else [texts]:
                yield from ((wrong, str(text)) for wrong in found_in(str(text or "")) if message.id)


def in_files(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """The same in the YAML files and the templates of documents below a folder, with the file."""
    for path in sorted(folder.rglob("*.yaml")):
        for text in _texts(yaml.safe_load(path.read_text(encoding="utf-8"))):
            yield from ((path, wrong, text) for wrong in found_in(text))
    for path in sorted(folder.rglob("*.typ")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.lstrip().startswith("//"):
                yield from ((path, wrong, line.strip()) for wrong in found_in(line))


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, inside in node.items():
            if key not in _QUOTED:
                yield from _texts(inside)
    elif isinstance(node, list):
        for inside in node:
            yield from _texts(inside)
