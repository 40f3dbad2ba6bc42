"""Finding services by everyday words, in either language, typing errors and all."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

from django.utils import timezone

from satu.kernel.city import Label, the_city
from satu.services.fees import fee_for
from satu.services.life_events import LifeEvent, the_doors
from satu.services.packages import the_knowledge, the_packages
from satu.services.types import ServiceHit, ServicePackage
from satu.services.wording import BEGINNING, SHORTENED, apart, is_nearly, likeness, words

#: How much of what was typed a service has to meet to be found, and to be offered where nothing is.
_GOOD_ENOUGH, _NEAR = 0.5, 0.22
#: How much a word counts: a service's own words, the words of its life event, those that its summary uses.
_OWN, _OF_EVENT, _IN_PASSING = 1.0, 0.8, 0.45
#: A service named whole is before one that shares a word with it; the nearest of an event before its others.
_WHOLE, _ORDER = 0.2, 0.04


@dataclass(frozen=True, slots=True)
class _Service:
    """What is known of one service: what each of its words counts, and the phrases it goes by."""

    slug: str
    counts: Mapping[str, float]
    phrases: tuple[frozenset[str], ...]


def search_services(text: str, *, limit: int = 8) -> list[ServiceHit]:
    """The services that everyday words may mean, best first. Nothing typed gives every service, by name."""
    return _found(text, at_least=_GOOD_ENOUGH, below=2.0)[:limit]


def nearest_services(text: str, *, limit: int = 3) -> list[ServiceHit]:
    """Where nothing is found: those that share something with what was typed. Often there are none."""
    return _found(text, at_least=_NEAR, below=_GOOD_ENOUGH)[:limit]


def services_named(slugs: Iterable[str]) -> list[ServiceHit]:
    """These services as a search would show them, in this order; one that is not offered is left out."""
    packages = the_packages()
    return [_hit(packages[slug], 1.0) for slug in slugs if slug in packages]


def often_wanted() -> list[ServiceHit]:
    """What most people come for."""
    return services_named(the_doors().often)


def life_events() -> list[LifeEvent]:
    """The doors that lead somewhere today."""
    packages = the_packages()
    return [event for event in the_doors().events if any(slug in packages for slug in event.services)]


def life_event(key: str) -> LifeEvent | None:
    return next((event for event in life_events() if event.key == key), None)


def _found(text: str, *, at_least: float, below: float) -> list[ServiceHit]:
    packages = the_packages()
    typed = words(text)
    if not typed:
        return [_hit(one, 1.0) for one in sorted(packages.values(), key=lambda one: str(one.name))]
    scores = {slug: score for slug, score in _scores(typed, _index()).items() if at_least <= score < below}
    best = sorted(scores, key=lambda slug: (-scores[slug], str(packages[slug].name)))
    return [_hit(packages[slug], scores[slug]) for slug in best]


def _said(typed: Sequence[str]) -> list[str]:
    """As a form would say it: short words long, papers by their short names, without what is only polite.

    All of it, if it says nothing else.
    """
    speech = the_knowledge().speech
    long = _papers_short([speech.short.get(word, word) for word in typed])
    return [word for word in long if word not in speech.polite] or long


def _papers_short(said: list[str]) -> list[str]:
    """*kartu keluarga* and *family card* are both *kk*."""
    for paper in the_knowledge().papers:
        short = next((name[0] for name in paper.words if len(name) == 1), None)
        for name in paper.words:
            places = range(len(said) - len(name) + 1)
            at = next((place for place in places if tuple(said[place : place + len(name)]) == name), None)
            if short and len(name) > 1 and at is not None:
                said = [*said[:at], short, *said[at + len(name) :]]
    return said


def _meant(said: Sequence[str]) -> list[str]:
    """Without what only asks for a service, if there is anything else."""
    request = the_knowledge().speech.request
    return [word for word in said if not is_nearly(word, request)] or list(said)


def _scores(typed: Sequence[str], index: Sequence[_Service]) -> dict[str, float]:
    """For each service, how much of what is wanted it meets: a word that few services know counts more."""
    known = frozenset(word for one in index for word in one.counts)
    said = _said([part for word in typed for part in apart(word, known)])
    if len(said) > 1 and len(said[-1]) < BEGINNING and said[-1] not in known:
        said = said[:-1]  # a word that has just been begun says nothing yet
    wanted = _meant(said)
    last = len(wanted) - 1
    met = [
        [max((likeness(word, own, typing=place == last) * count for own, count in one.counts.items()), default=0.0)
         for one in index]
        for place, word in enumerate(wanted)
    ]  # fmt: skip
    weights = [log(1 + len(index) / (sum(likely >= _NEAR for likely in row) or 0.5)) for row in met]
    whole = sum(weights)
    return {
        one.slug: (1 - _WHOLE) * sum(w * row[place] for w, row in zip(weights, met, strict=True)) / whole
        + _WHOLE * _named_whole(one, said)
        for place, one in enumerate(index)
    }


def _named_whole(service: _Service, said: Sequence[str]) -> float:
    """How much of one of the service's phrases was typed, at best."""
    return max(
        (
            sum(any(likeness(word, own) >= SHORTENED for word in said) for own in phrase) / len(phrase)
            for phrase in service.phrases
        ),
        default=0.0,
    )


def _index() -> tuple[_Service, ...]:
    return _index_of(the_city().folder.as_posix(), tuple((one.slug, one.version) for one in the_packages().values()))


@lru_cache(maxsize=8)
def _index_of(_folder: str, _versions: tuple[tuple[str, str], ...]) -> tuple[_Service, ...]:
    """Made anew when the city or a package changes."""
    return tuple(_service(package) for package in the_packages().values())


def _service(package: ServicePackage) -> _Service:
    said_of_it = [text for some in package.search_words.values() for text in some]
    own = [package.name.id, package.name.en, package.slug, *said_of_it]
    counts: dict[str, float] = {}

    def count(texts: Iterable[str], worth: float) -> None:
        for text in texts:
            for word in _said(words(text)):
                counts[word] = max(counts.get(word, 0.0), worth)

    count((package.summary.id, package.summary.en), _IN_PASSING)
    of_events: list[str] = []
    for event in the_doors().events:
        if package.slug in event.services:
            said = [event.name.id, event.name.en, *(text for some in event.words.values() for text in some)]
            count(said, _OF_EVENT - _ORDER * event.services.index(package.slug))
            of_events += said if event.services[0] == package.slug else []
    count(own, _OWN)
    phrases = {frozenset(_said(words(text))) for text in (*own, *of_events)}
    return _Service(package.slug, counts, tuple(phrase for phrase in phrases if phrase))


def _hit(package: ServicePackage, score: float) -> ServiceHit:
    return ServiceHit(
        slug=package.slug,
        name=package.name,
        summary=package.summary,
        icon=package.icon,
        agency_name=the_city().agencies[package.agency].name,
        fee=None if package.fee_table else fee_for(package, {}, on=timezone.localdate()).amount,
        deadline_days=package.deadline_days,
        score=min(100.0, 100 * score),
        called=Label(*(_as_written(package.search_words[language][0], package) for language in ("id", "en"))),
    )


def _as_written(called: str, package: ServicePackage) -> str:
    """An abbreviation as the name of the service writes it: *SKTM*, though it is found by *sktm*."""
    name = f"{package.name.id} {package.name.en}"
    large = {word.casefold(): word for word in re.findall(r"\w+", name) if word.isupper() and len(word) > 1}
    return " ".join(large.get(word, word) for word in called.split())
