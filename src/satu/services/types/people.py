"""For whom somebody asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Relation = Literal["self", "child", "spouse", "parent", "business"]
"""What whom a request is about is to the applicant."""


RELATIONS: Mapping[Relation, Promise] = {
    "self": _("you yourself"),
    "child": _("your child"),
    "spouse": _("your husband or wife"),
    "parent": _("your father or mother"),
    "business": _("your business"),
}


RELATIONS_FOR_OFFICERS: Mapping[Relation, Promise] = {
    "self": _("the applicant herself"),
    "child": _("the applicant's child"),
    "spouse": _("the applicant's husband or wife"),
    "parent": _("the applicant's father or mother"),
    "business": _("the applicant's business"),
}


@dataclass(frozen=True, slots=True)
class ActingChoice:
    """Somebody or something for whom a resident may ask. ``key`` is opaque, and goes into ``start_case(about=)``."""

    key: str
    name: str = field(repr=False)
    relation: Relation
    relation_label: Promise


@dataclass(frozen=True, slots=True)
class AboutView:
    """Whom a case is about when it is not the applicant, and who acts. ``key`` begins such a request again."""

    key: str
    name: str = field(repr=False)
    relation: Relation
    """What she is to the applicant."""
    applicant_name: str = field(repr=False)

    @property
    def relation_label(self) -> Promise:
        """As the applicant is told."""
        return RELATIONS[self.relation]

    @property
    def relation_to_officer(self) -> Promise:
        return RELATIONS_FOR_OFFICERS[self.relation]
