"""Whom a search result stands for, sealed: no number leaves, and nobody but the searcher can use it."""

import base64
import hashlib
import json
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from satu.hub.types import PersonHit, Subject
from satu.identity.types import Actor
from satu.kernel.errors import InvalidInput

_LASTS = 3600  # seconds


@dataclass(frozen=True, slots=True)
class Chosen:
    """The person that an officer chose from her search."""

    subject: Subject
    name: str = field(repr=False)


def seal(hit: PersonHit, *, by: Actor) -> str:
    """A token for one result of ``by``'s search. It is good for an hour, and for her only."""
    content = [by.reference, hit.subject.kind, hit.subject.key, hit.name]
    return _fernet().encrypt(json.dumps(content).encode()).decode()


def unseal(token: str, *, by: Actor) -> Chosen:
    """Raises ``InvalidInput`` for a token that is old, changed, or another officer's."""
    try:
        reference, kind, key, name = json.loads(_fernet().decrypt(token.encode(), ttl=_LASTS))
    except (InvalidToken, ValueError):
        reference, kind, key, name = "", "", "", ""
    if reference != by.reference:
        raise InvalidInput(_("This search is too old. Search again."), field="text")
    return Chosen(subject=Subject(kind=kind, key=key), name=name)


def _fernet() -> Fernet:
    key = hashlib.sha256(b"satu.hub.choosing:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
