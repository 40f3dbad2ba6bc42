"""Showing one document to somebody: what is seen, how often, for how long, and who learns of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from satu.documents import sharing
from satu.documents.actions import revoke_document
from satu.documents.tests.letters import BUDI, SITI, issue
from satu.identity.types import SYSTEM, Actor
from satu.kernel.city import Label
from satu.kernel.errors import InvalidInput, Missing

pytestmark = pytest.mark.django_db


def share(document, siti, **changes):
    chosen = {"shows": "content", "hours": 24, "openings": 1} | changes
    made = sharing.share_document(document_id=document.id, by=siti, **chosen)
    return made, made.address.rpartition("/")[2]


def test_whoever_has_the_link_sees_the_document_once_and_its_owner_sees_when(document, siti):
    _made, secret = share(document, siti)
    opened = sharing.open_share(secret)
    assert opened.holder == "Siti Aminah"
    assert sharing.file_of_share(secret, opened.ticket).content.startswith(b"%PDF-")
    with pytest.raises(Missing):
        sharing.open_share(secret)
    _document, (seen,) = sharing.shares_of(document.id, by=siti)
    assert (seen.state, seen.opened, seen.address) == ("used", 1, "")
    assert {one.what for one in seen.openings} == {"opened", "file"}


def test_only_validity_gives_neither_name_nor_file(document, siti):
    _made, secret = share(document, siti, shows="validity")
    opened = sharing.open_share(secret)
    assert opened.document.standing == "valid"
    assert opened.holder == "S••• A•••••"
    assert opened.ticket == ""
    with pytest.raises(Missing):
        sharing.file_of_share(secret, "forged")


def test_looking_at_the_address_opens_nothing(document, siti):
    _made, secret = share(document, siti)
    for _ in range(3):
        waiting = sharing.share_waiting(secret)
        assert waiting is not None
        assert waiting.state == "open"
    assert sharing.shares_of(document.id, by=siti)[1][0].openings == []


def test_a_share_ends_when_its_owner_says_so_and_with_its_time(document, siti, monkeypatch):
    ended, secret = share(document, siti, openings=0)
    ticket = sharing.open_share(secret).ticket
    sharing.end_share(share_id=ended.id, by=siti)
    sharing.end_share(share_id=ended.id, by=siti)
    with pytest.raises(Missing):
        sharing.open_share(secret)
    with pytest.raises(Missing):
        sharing.file_of_share(secret, ticket)
    _made, short = share(document, siti, hours=1)
    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr(sharing.timezone, "now", lambda: later)
    waiting = sharing.share_waiting(short)
    assert waiting is not None
    assert waiting.state == "expired"


def test_a_revoked_document_is_shown_as_revoked_and_gives_no_file(document, siti):
    _made, secret = share(document, siti, openings=0)
    ticket = sharing.open_share(secret).ticket
    revoke_document(document_id=document.id, reason=Label("Keliru.", "Mistaken."), by=SYSTEM)
    opened = sharing.open_share(secret)
    assert opened.document.standing == "revoked"
    assert (opened.holder, opened.ticket) == ("S••• A•••••", "")
    with pytest.raises(Missing):
        sharing.file_of_share(secret, ticket)
    with pytest.raises(InvalidInput):
        share(document, siti)


def test_nobody_shares_or_ends_what_is_not_hers(document, siti, officer):
    made, _secret = share(document, siti)
    budi = Actor(reference="account:9", kind="resident", name="Budi", nik=BUDI)
    issuer = Actor(reference="account:8", kind="officer", name="Rina", agency="kelurahan")
    for stranger in (budi, officer, issuer, SYSTEM):
        with pytest.raises(Missing):
            sharing.share_document(document_id=document.id, shows="content", hours=1, openings=1, by=stranger)
        with pytest.raises(Missing):
            sharing.end_share(share_id=made.id, by=stranger)


def test_a_ticket_opens_no_other_share(document, siti):
    _made, one = share(document, siti)
    _made, other = share(issue(idempotency_key="another"), siti)
    ticket = sharing.open_share(one).ticket
    with pytest.raises(Missing):
        sharing.file_of_share(other, ticket)


@pytest.mark.parametrize(
    "changes", [{"shows": "everything"}, {"hours": 10_000}, {"hours": -1}, {"openings": 99}], ids=str
)
def test_what_cannot_be_chosen_is_refused(document, siti, changes):
    with pytest.raises(InvalidInput):
        share(document, siti, **changes)


def test_the_link_is_in_no_table_and_what_happened_cannot_be_undone(document, siti):
    _made, secret = share(document, siti)
    sharing.open_share(secret)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(s::text, ' ') FROM documents_share s")
        assert secret not in cursor.fetchone()[0]
        for statement in (
            "DELETE FROM documents_shareopening",
            "UPDATE documents_shareopening SET at = now()",
            "UPDATE documents_share SET most_openings = NULL",
            "DELETE FROM documents_share",
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute(statement)


def test_secrets_do_not_follow_from_one_another(document, siti):
    secrets = {share(document, siti)[1] for _ in range(5)}
    assert len(secrets) == 5
    assert all(len(secret) == 24 for secret in secrets)
    assert SITI.value not in "".join(secrets)
