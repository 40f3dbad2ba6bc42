"""What the city already knows, in the words in which forms ask for it: the ground of the no-re-ask check.

A question is held against every fact that a connected system answers: the fact's labels in both languages, its key,
and the other words in ``paperwork.yaml``. It asks for facts when its words, minus those that only make it polite, are
exactly theirs (typing errors allowed), so "Tempat, tgl lahir pemohon" asks two facts and "Nama usaha" none.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Self

from rapidfuzz.distance import DamerauLevenshtein

from satu.hub.catalogue import Catalogue
from satu.kernel.citydata import read_city_file

PEOPLE = frozenset({"person", "family"})
SCHEMA = Path(__file__).parent / "schemas" / "paperwork.schema.json"


@dataclass(frozen=True, slots=True)
class Known:
    """A fact that is asked for, and the system that knows it."""

    fact: str
    system: str
    system_name: str


@dataclass(frozen=True)
class Speech:
    """How forms talk: words that are only polite, that begin an aside, that mean a copy or a request; short forms."""

    polite: frozenset[str]
    aside: frozenset[str]
    copy: frozenset[str]
    request: frozenset[str]
    short: Mapping[str, str]

    def words(self, text: str) -> tuple[str, ...]:
        """The words of a label that carry its meaning, small, in their long form; without asides at its end."""
        plain = re.sub(r"\([^)]*\)", " ", text.lower())
        found = [self.short.get(word, word) for word in re.findall(r"[a-z0-9]+", plain)]
        meant = [word for word in found if word not in self.polite]
        before = tuple(takewhile(lambda word: word not in self.aside, meant))
        return before or tuple(word for word in meant if word not in self.aside)

    def without_copy(self, text: str) -> tuple[str, ...]:
        """The same, without what says that a copy is wanted; all of it, if it says nothing else."""
        words = self.words(text)
        return tuple(word for word in words if word not in self.copy) or words

    def wants_a_copy(self, text: str) -> bool:
        return bool(self.copy.intersection(self.words(text)))


@dataclass(frozen=True)
class Paper:
    """A paper that people used to bring, and the facts that say the same."""

    name: str
    words: tuple[tuple[str, ...], ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Knowledge:
    """The catalogue, the connected systems and the words people use."""

    catalogue: Catalogue
    synonyms: Mapping[str, tuple[str, ...]]
    papers: tuple[Paper, ...]
    speech: Speech

    @classmethod
    def of(cls, catalogue: Catalogue, city_folder: Path) -> Self:
        """Read ``paperwork.yaml``. Raises ``CityDataError``, also for a fact that the catalogue does not have."""
        file = read_city_file(city_folder / "paperwork.yaml", SCHEMA)
        for key in file.data["facts"]:
            if key not in catalogue.facts:
                raise file.error("facts", key, what=f"the catalogue has no fact {key!r}")
        for index, paper in enumerate(file.data["papers"]):
            for place, key in enumerate(paper["facts"]):
                if key not in catalogue.facts:
                    raise file.error("papers", index, "facts", place, what=f"the catalogue has no fact {key!r}")
        speech = Speech(
            polite=frozenset(file.data["polite"]),
            aside=frozenset(file.data["aside"]),
            copy=frozenset(file.data["copy"]),
            request=frozenset(file.data["request"]),
            short=file.data["short"],
        )
        papers = tuple(
            Paper(
                name=f"{paper['name']['id']} ({paper['name']['en']})",
                words=tuple(speech.without_copy(text) for text in paper["words"]),
                facts=tuple(paper["facts"]),
            )
            for paper in file.data["papers"]
        )
        return cls(catalogue, {key: tuple(words) for key, words in file.data["facts"].items()}, papers, speech)

    def knows(self, fact: str) -> Known | None:
        """The system that answers a fact, or from whose answer it is derived."""
        for system in self.catalogue.systems_answering(fact):
            return Known(fact, system.code, f"{system.name.id} ({system.code})")
        return None

    def asked_by(self, texts: Iterable[str], *, about: Collection[str] = PEOPLE) -> tuple[Known, ...]:
        """The known facts that a question asks for, by its labels and its key, ``about`` these kinds of subjects.

        A service that is for people has no business whose name could be known: it may ask for one.
        """
        for text in texts:
            if found := self._covering(self.speech.words(text), about):
                return found
        return ()

    def proved_by(self, text: str) -> tuple[Paper, tuple[Known, ...]] | None:
        """The paper that an upload or a question wants, if connected systems say what it would prove."""
        asked = self.speech.without_copy(text)
        for paper in self.papers:
            known = tuple(found for fact in paper.facts if (found := self.knows(fact)))
            if known and any(_within(words, asked) for words in paper.words):
                return paper, known
        return None

    @cached_property
    def _terms(self) -> tuple[tuple[tuple[str, ...], Known], ...]:
        """Every term for every answerable fact, the longest first, so that "tanggal lahir" goes before "tanggal"."""
        terms = []
        for key, fact in self.catalogue.facts.items():
            if known := self.knows(key):
                name = key.partition(".")[2].replace("_", " ")
                if fact.subject not in PEOPLE:
                    name = f"{fact.subject} {name}"
                texts = (fact.label.id, fact.label.en, name, *self.synonyms.get(key, ()))
                terms += [(words, known) for text in texts if (words := self.speech.words(text))]
        return tuple(sorted(terms, key=lambda term: -len(term[0])))

    def _covering(self, asked: tuple[str, ...], about: Collection[str]) -> tuple[Known, ...]:
        """The facts whose terms together are all the words asked, or nothing. Terms may share a word."""
        left = set(asked)
        found: dict[str, Known] = {}
        for words, known in self._terms:
            if known.fact.partition(".")[0] in about and _within(words, asked):
                met = {word for word in left if any(_same(word, one, alone=len(words) == 1) for one in words)}
                if met:
                    found[known.fact] = known
                    left -= met
        # "Nama di KTP" asks for the name, wherever it may stand.
        left -= {word for paper in self.papers for words in paper.words for word in words}
        return tuple(found.values()) if asked and not left else ()


#: From how many letters on a word may have one typing error, and two. A term of one word alone is held to more.
_ONE_ERROR, _ONE_ERROR_ALONE, _TWO_ERRORS = 4, 5, 9


@lru_cache(maxsize=65_536)
def _same(one: str, other: str, *, alone: bool) -> bool:
    length = min(len(one), len(other))
    allowed = (length >= (_ONE_ERROR_ALONE if alone else _ONE_ERROR)) + (length >= _TWO_ERRORS)
    return one == other or (allowed > 0 and DamerauLevenshtein.distance(one, other, score_cutoff=allowed) <= allowed)


def _within(words: tuple[str, ...], asked: Iterable[str]) -> bool:
    return all(any(_same(word, other, alone=len(words) == 1) for other in asked) for word in words)
