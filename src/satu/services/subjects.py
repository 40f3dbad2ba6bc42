"""About whom a request is: the applicant herself, somebody on her family card, or a business of hers.

A choice has an opaque key: it stands in forms, and no NIK does. A key is good for one applicant and one service, and
only as long as the records say that she may act.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from satu.hub.acting import Acting
from satu.hub.actions import pull, whom_may_act_for
from satu.hub.types import Purpose, Subject
from satu.identity.types import Actor
from satu.kernel.errors import InvalidInput, Missing, NotAllowed
from satu.kernel.identifiers import Nik
from satu.services.dossiers import dossier_to_json
from satu.services.models import Case
from satu.services.planning import facts_needed, purpose_of
from satu.services.types import RELATIONS, AboutView, ActingChoice, ServicePackage

_HERSELF: Literal["self"] = "self"


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a case is about: the person, the business if it is one's, and why the applicant may act."""

    nik: Nik
    business: str
    acting: Mapping[str, Any]


def whom_for(service_package: ServicePackage, *, by: Actor) -> tuple[ActingChoice, ...]:
    """For whom she may ask for this service: herself first, if the service allows it."""
    return tuple(choice for choice, _acting in _choices(service_package, by))


def chosen(package: ServicePackage, *, by: Actor, about: str, business: str) -> Who:
    """Whom a new case is about.

    Nothing chosen means herself; where the service is not for that, the only choice there is. ``business`` may be a
    choice's key or a NIB. Raises ``Missing`` for a choice that is not hers, ``InvalidInput`` where one is needed.
    """
    assert by.nik is not None  # noqa: S101 - an applicant has one
    wanted = about or business
    if wanted in {"", _HERSELF} and _HERSELF in package.acts_for:
        return Who(by.nik, "", {})
    choices = [(choice, acting) for choice, acting in _choices(package, by) if acting is not None]
    if not wanted:
        if len(choices) != 1:
            raise InvalidInput(_("Choose for whom you ask."), field="about")
        return _who(choices[0][1], by)
    for choice, acting in choices:
        by_number = business and acting.subject == Subject("business", business)
        if by_number or constant_time_compare(choice.key, wanted):
            return _who(acting, by)
    raise Missing(_("You cannot ask for this service for whom you chose. Choose again."))


def choice_about(package: ServicePackage, *, by: Actor, nik: Nik, business: str = "") -> str:
    """The key of her choice that is about a person, or a business of hers. Raises ``Missing``."""
    if not business and by.nik == nik and _HERSELF in package.acts_for:
        return _HERSELF
    wanted = Subject("business", business) if business else Subject.person(nik)
    for choice, acting in _choices(package, by):
        if acting is not None and acting.subject == wanted:
            return choice.key
    raise Missing(_("You cannot ask for this service for whom you chose. Choose again."))


def confirm(case: Case, package: ServicePackage, *, by: Actor) -> None:
    """That she may still act for whom the case is about. Raises ``NotAllowed``; a draft then forgets its facts."""
    if not case.acting:
        return
    herself, about = Subject.person(Nik(case.applicant_nik)), subject_of(case, "business." if case.business else "")
    relations = [one for one in package.acts_for if one == case.acting["relation"] and one != "self"]
    found = whom_may_act_for(relations=relations, purpose=purpose_for(case, package, herself), by=by)
    if about in {one.subject for one in found}:
        return
    Case.objects.filter(pk=case.pk, state=Case.State.DRAFT).update(dossier=None)
    raise NotAllowed(
        _("The records no longer say that you may act for %(name)s. If that is wrong, have them corrected first.")
        % {"name": case.acting["name"]}
    )


def purpose_for(case: Case, package: ServicePackage, subject: Subject, facts: Sequence[str] = ()) -> Purpose:
    """Why facts about one subject of a case are looked at, as it stands in that subject's ledger."""
    herself = subject == Subject.person(Nik(case.applicant_nik))
    return purpose_of(
        package,
        reference=f"case:{case.pk}",
        by=case.applicant,
        facts=tuple(facts) or None,
        about=None if herself else about_of(case),
    )


def subject_of(case: Case, fact: str) -> Subject:
    """Whom or what a fact of a case is about."""
    if fact.startswith("business."):
        return Subject("business", case.business)
    return Subject.person(Nik(case.subject_nik))


def by_subject(case: Case, facts: Iterable[str]) -> dict[Subject, list[str]]:
    groups: dict[Subject, list[str]] = {}
    for fact in facts:
        groups.setdefault(subject_of(case, fact), []).append(fact)
    return groups


def pull_for(
    case: Case, package: ServicePackage, *, by: Actor, facts: tuple[str, ...] | None = None
) -> dict[str, Any]:
    """The facts of a case about everybody whom it is about, as one dossier."""
    wanted = facts or facts_needed(package)
    dossiers = {
        subject.kind: dossier_to_json(
            pull(about=subject, facts=group, purpose=purpose_for(case, package, subject, group), by=by)
        )
        for subject, group in by_subject(case, wanted).items()
    }
    outcomes = {one["fact"]: one for dossier in dossiers.values() for one in dossier["outcomes"]}
    first, *others = dossiers.values()
    return {
        "id": first["id"],
        "pulled_at": min(dossier["pulled_at"] for dossier in (first, *others)),
        "outcomes": [outcomes[fact] for fact in wanted],
        "about": case.acting.get("relation", _HERSELF),
        **({"ids": {kind: dossier["id"] for kind, dossier in dossiers.items()}} if others else {}),
    }


def dossier_id(dossier: Mapping[str, Any], subject: Subject) -> UUID:
    """Under which number what a dossier holds about a subject was released."""
    return UUID(dossier.get("ids", {}).get(subject.kind, dossier["id"]))


def about_of(case: Case) -> AboutView | None:
    """Whom a case is about, when that is not the applicant."""
    if not case.acting:
        return None
    acting = case.acting
    about = subject_of(case, "business." if case.business else "")
    key = _key(case.applicant_nik, case.service, about)
    return AboutView(key=key, name=acting["name"], relation=acting["relation"], applicant_name=acting["by"])


def may_see(case: Case, nik: Nik) -> bool:
    """The applicant may, and whom it is about, once she is of age and it has been sent."""
    if case.applicant_nik == nik.value:
        return True
    of_age_on = case.acting.get("of_age_on")
    return bool(
        case.subject_nik == nik.value
        and case.submitted_at is not None
        and of_age_on
        and date.fromisoformat(of_age_on) <= timezone.localdate()
    )


def _choices(package: ServicePackage, by: Actor) -> Iterator[tuple[ActingChoice, Acting | None]]:
    if _HERSELF in package.acts_for:
        yield ActingChoice(key=_HERSELF, name=by.name, relation=_HERSELF, relation_label=RELATIONS[_HERSELF]), None
    assert by.nik is not None  # noqa: S101 - an applicant has one
    relations = [relation for relation in package.acts_for if relation != "self"]
    purpose = purpose_of(package, reference=f"service:{package.slug}", by=by.reference)
    for acting in whom_may_act_for(relations=relations, purpose=purpose, by=by):
        yield (
            ActingChoice(
                key=_key(by.nik.value, package.slug, acting.subject),
                name=acting.name,
                relation=acting.relation,
                relation_label=RELATIONS[acting.relation],
            ),
            acting,
        )


def _key(applicant: str, service: str, subject: Subject) -> str:
    told = f"{applicant}|{service}|{subject.kind}|{subject.key}"
    return salted_hmac("satu.services.subjects", told, algorithm="sha256").hexdigest()[:32]


def _who(acting: Acting, by: Actor) -> Who:
    assert by.nik is not None  # noqa: S101 - an applicant has one
    is_business = acting.subject.kind == "business"
    return Who(
        nik=by.nik if is_business else Nik(acting.subject.key),
        business=acting.subject.key if is_business else "",
        acting={
            "relation": acting.relation,
            "name": acting.name,
            "by": by.name,
            "of_age_on": acting.of_age_on.isoformat() if acting.of_age_on else None,
            "fact": acting.fact,
            "system": acting.system,
            "record": acting.record,
            "as_of": acting.as_of,
        },
    )
