"""Finding services by everyday words."""

from functools import lru_cache

from django.utils import timezone
from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from satu.kernel.city import the_city
from satu.services.fees import fee_for
from satu.services.packages import the_knowledge, the_packages
from satu.services.types import (
    ServiceHit,
    ServicePackage,
)

_GOOD_ENOUGH = 75


_BEGINNING = 3


def search_services(text: str, *, limit: int = 8) -> list[ServiceHit]:
    """The services that everyday words may mean, best first; in either language, typing errors and all.

    Nothing typed gives every service, by name.
    """
    speech = the_knowledge().speech
    words = default_process(text).split()
    wanted = [word for word in words if word not in speech.polite | speech.request] or words
    if not wanted:
        packages = sorted(the_packages().values(), key=lambda package: str(package.name))
        return [_hit(package, 100.0) for package in packages[:limit]]
    hits = [_hit(package, _likeness(package, wanted)) for package in the_packages().values()]
    good = [hit for hit in hits if hit.score >= _GOOD_ENOUGH]
    return sorted(good, key=lambda hit: (-hit.score, str(hit.name)))[:limit]


def _hit(package: ServicePackage, score: float) -> ServiceHit:
    return ServiceHit(
        slug=package.slug,
        name=package.name,
        summary=package.summary,
        icon=package.icon,
        agency_name=the_city().agencies[package.agency].name,
        fee=None if package.fee_table else fee_for(package, {}, on=timezone.localdate()).amount,
        deadline_days=package.deadline_days,
        score=score,
    )


def _likeness(package: ServicePackage, wanted: list[str]) -> float:
    """How well the words wanted are met by the service's: as well as the one that is met worst."""
    texts = (
        package.name.id,
        package.name.en,
        package.slug,
        *(t for some in package.search_words.values() for t in some),
    )
    known = _words(texts)
    last = len(wanted) - 1
    return min(max(_alike(word, other, typing=place == last) for other in known) for place, word in enumerate(wanted))


def _alike(word: str, other: str, *, typing: bool) -> float:
    """From 0 to 100. The last word may still be being typed."""
    if typing and len(word) >= _BEGINNING and other.startswith(word):
        return 100.0
    return fuzz.ratio(word, other, score_cutoff=_GOOD_ENOUGH)


@lru_cache(maxsize=256)
def _words(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for text in texts for word in default_process(text).split())
