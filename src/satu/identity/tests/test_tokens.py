import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from satu.identity import actions, tokens
from satu.identity.actions import TooManyAttempts
from satu.identity.models import AccessToken, Account
from satu.kernel.errors import InvalidInput, Missing
from satu.kernel.identifiers import Nik

pytestmark = pytest.mark.django_db


@pytest.fixture
def siti():
    return actions.open_resident_account(nik=Nik("3671014506910003"), name="Siti Aminah", password="kata-sandi-siti")


@pytest.fixture
def dewi():
    return actions.open_officer_account(
        login="loket", name="Dewi", password="x", agency="kelurahan", duties=["front-office"]
    )


def made(account, **other):
    return tokens.make_token(**({"name": "uji", "scope": "act", "days": 7, "by": account.actor} | other))


def known(key, address="10.0.0.1"):
    return tokens.recognise(key, address=address)


def test_a_token_stands_for_whoever_made_it(siti):
    token = made(siti, scope="read")
    holder = known(token.key)
    assert (holder.actor, holder.scope) == (siti.actor, "read")


def test_its_key_is_kept_nowhere(siti):
    token = made(siti)
    row = AccessToken.objects.values().get()
    assert token.key not in str(row)
    assert token.key[5:-4] not in str(row)
    assert token.key not in repr(token)


def test_it_says_when_it_was_last_used(siti):
    token = made(siti)
    assert tokens.tokens_of(siti.actor)[0].last_used_at is None
    known(token.key)
    assert tokens.tokens_of(siti.actor)[0].last_used_at is not None


def test_it_ends_when_she_says_so_and_on_its_day(siti):
    ended, short = made(siti), made(siti)
    tokens.end_token(token_id=ended.view.id, by=siti.actor)
    tokens.end_token(token_id=ended.view.id, by=siti.actor)
    assert known(ended.key) is None
    assert known(short.key) is not None
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1), tick=False):
        assert known(short.key) is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT action, count(*) FROM kernel_auditentry WHERE thing LIKE 'token:%' GROUP BY action")
        assert dict(cursor.fetchall()) == {"identity.token_made": 2, "identity.token_ended": 1}


def test_nobody_else_can_end_it(siti, dewi):
    token = made(siti)
    with pytest.raises(Missing):
        tokens.end_token(token_id=token.view.id, by=dewi.actor)
    assert known(token.key) is not None


def test_a_suspended_accounts_token_is_dead_at_once(siti):
    token = made(siti)
    Account.objects.filter(pk=siti.pk).update(is_active=False)
    assert known(token.key) is None


def test_an_officer_needs_a_second_step_when_she_makes_it_and_when_it_is_used(dewi):
    with pytest.raises(tokens.SecondStepMissing):
        made(dewi)
    app = Authenticator.objects.create(user_id=dewi.pk, type=Authenticator.Type.TOTP, data={"secret": "x"})
    token = made(dewi)
    assert known(token.key).actor.duties == {"front-office"}
    app.delete()
    with pytest.raises(tokens.SecondStepMissing):
        known(token.key)


def test_it_carries_her_duties_of_the_moment(dewi):
    Authenticator.objects.create(user_id=dewi.pk, type=Authenticator.Type.TOTP, data={"secret": "x"})
    token = made(dewi)
    Account.objects.filter(pk=dewi.pk).update(duties=["social-worker"])
    assert known(token.key).actor.duties == {"social-worker"}


def test_many_unknown_tokens_from_one_place_are_too_many(siti):
    token = made(siti)
    for _ in range(actions.FAILURES_PER_ADDRESS + 1):
        known("satu_old")  # a program that forgot to change its old token is no guesser
    for number in range(actions.FAILURES_PER_ADDRESS - 1):
        known(f"satu_{number}")
    with pytest.raises(TooManyAttempts):
        known("satu_another")
    assert known("satu_another", address="10.0.0.2") is None
    assert known(token.key) is not None  # and nobody else at that place is locked out by it


def test_a_token_has_its_pace(siti, monkeypatch):
    monkeypatch.setattr(tokens, "PER_MINUTE", 3)
    token, other = made(siti), made(siti)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(3):
            known(token.key)
        with pytest.raises(tokens.TooManyRequests) as slow:
            known(token.key)
        assert 0 < slow.value.facts["wait"] <= 60
        assert known(other.key)
        clock.shift(timedelta(seconds=61))
        assert known(token.key)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [({"name": " "}, "name"), ({"name": "x" * 61}, "name"), ({"scope": "all"}, "scope"), ({"days": 1000}, "days")],
)
def test_what_cannot_be_a_token_is_refused(siti, wrong, where):
    with pytest.raises(InvalidInput) as refused:
        made(siti, **wrong)
    assert refused.value.field == where
    assert not AccessToken.objects.exists()


def test_there_is_an_end_to_how_many(siti, monkeypatch):
    monkeypatch.setattr(tokens, "MOST", 2)
    made(siti)
    made(siti)
    with pytest.raises(InvalidInput):
        made(siti)


def test_the_page_shows_the_key_once(siti):
    client = Client()
    client.force_login(siti)
    client.post(reverse("account_reauthenticate"), {"password": "kata-sandi-siti"})
    empty = client.post(reverse("account_token_new"), {"name": "", "scope": "read", "days": "30"})
    assert empty.status_code == 422
    answer = client.post(reverse("account_token_new"), {"name": "pembukuan", "scope": "read", "days": "30"})
    (key,) = re.findall(r'value="(satu_[^"]+)"', answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    assert known(key).scope == "read"
    page = client.get(reverse("account_tokens")).content.decode()
    assert "pembukuan" in page
    assert key not in page
    (token,) = tokens.tokens_of(siti.actor)
    client.post(reverse("account_token_end", args=[token.id]))
    assert known(key) is None


def test_making_one_asks_who_is_there_once_more(siti):
    client = Client()
    client.force_login(siti)
    answer = client.get(reverse("account_token_new"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/akun/periksa/")
