import json
import re
import time

import pytest
from allauth.account.utils import url_str_to_user_pk
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client
from django.urls import reverse

from satu.identity import actions
from satu.identity.adapters import MfaAdapter
from satu.identity.models import Account
from satu.kernel.identifiers import Nik

NIK = "3671014506910003"
PASSWORD = "a-password-of-siti"
pytestmark = pytest.mark.django_db


@pytest.fixture
def siti():
    return actions.open_resident_account(nik=Nik(NIK), name="Siti Aminah", password=PASSWORD)


@pytest.fixture
def dewi():
    return actions.open_officer_account(
        login="loket", name="Dewi Lestari", password=PASSWORD, agency="kelurahan", duties=["front-office"]
    )


def sign_in(client, login=NIK, password=PASSWORD):
    return client.post(reverse("sign-in"), {"login": login, "password": password})


def code(secret, step=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def show_again(client, password=PASSWORD):
    return client.post(reverse("account_reauthenticate"), {"password": password})


def set_up_app(client):
    """Set up an authenticator app as the page tells; gives its secret."""
    show_again(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    (secret,) = re.findall(r"<code>([A-Z2-7]+)</code>", page)
    answer = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def signed_in(client):
    return "_auth_user_id" in client.session


def test_after_the_password_comes_the_code_of_the_app(client, siti):
    sign_in(client)
    secret = set_up_app(client)
    other = Client()
    assert sign_in(other)["Location"] == reverse("mfa_authenticate")
    assert not signed_in(other)
    assert "Pakai kunci saya" not in other.get(reverse("mfa_authenticate")).content.decode()  # she has none
    wrong = other.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "Kode ini tidak cocok" in wrong.content.decode()
    assert not signed_in(other)
    shown = code(secret, step=1)
    right = other.post(reverse("mfa_authenticate"), {"code": f"{shown[:3]} {shown[3:]}"})  # as the app shows it
    assert right["Location"] == "/"
    assert signed_in(other)


def test_where_she_wanted_to_go_is_kept_over_the_second_step(client, siti):
    sign_in(client)
    secret = set_up_app(client)
    other = Client()
    other.post(reverse("sign-in"), {"login": NIK, "password": PASSWORD, "next": "/data-saya/"})
    assert other.post(reverse("mfa_authenticate"), {"code": code(secret, step=1)})["Location"] == "/data-saya/"


def test_an_officer_without_a_second_step_sets_one_up_before_anything_else(client, dewi):
    sign_in(client, "loket")
    assert client.get("/desk/")["Location"] == reverse("mfa_index")
    assert "Satu langkah sebelum mulai" in client.get(reverse("mfa_index")).content.decode()
    set_up_app(client)
    assert client.get("/desk/").status_code == 200


def test_an_officer_keeps_one_second_step(client, dewi):
    sign_in(client, "loket")
    set_up_app(client)
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=dewi, type="totp").exists()


def test_a_resident_may_remove_hers(client, siti):
    sign_in(client)
    set_up_app(client)
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=siti, type="totp").exists()


def test_nothing_about_security_changes_without_the_password_again(client, siti):
    sign_in(client)
    assert reverse("account_reauthenticate") in client.get(reverse("mfa_activate_totp"))["Location"]
    assert "Ini bukan kata sandi Anda" in show_again(client, "wrong").content.decode()
    assert reverse("account_reauthenticate") in client.get(reverse("mfa_activate_totp"))["Location"]


def test_a_spare_code_opens_the_account_once(client, siti):
    sign_in(client)
    set_up_app(client)
    shown = re.findall(r"<code>(\d{8})</code>", client.get(reverse("mfa_view_recovery_codes")).content.decode())
    assert len(shown) == 10
    for expected in (True, False):
        other = Client()
        sign_in(other)
        other.post(reverse("mfa_authenticate"), {"code": shown[0]})
        assert signed_in(other) is expected


def test_neither_the_secret_nor_a_nik_lies_open_in_the_database(client, siti):
    sign_in(client)
    secret = set_up_app(client)
    kept = json.dumps(Authenticator.objects.get(user=siti, type="totp").data)
    assert secret not in kept
    assert NIK not in kept
    assert NIK not in json.dumps(dict(client.session.items()))


def test_the_picture_for_the_app_shows_a_name_and_no_nik(client, siti, rf):
    from satu.identity.adapters import MfaAdapter

    address = MfaAdapter().build_totp_url(siti, "SECRET")
    assert "Siti%20Aminah" in address
    assert NIK not in address


def test_guessing_codes_ends(client, siti):
    sign_in(client)
    set_up_app(client)
    other = Client()
    sign_in(other)
    answers = [other.post(reverse("mfa_authenticate"), {"code": f"{number:06d}"}) for number in range(12)]
    assert "Terlalu banyak" in answers[-1].content.decode()
    assert not signed_in(other)


def test_other_visits_can_be_ended(client, siti):
    other = Client()
    sign_in(client)
    sign_in(other)
    for one in (client, other):
        one.get("/akun/")
    page = client.get(reverse("usersessions_list")).content.decode()
    assert page.count('class="row"') == 2
    client.post(reverse("usersessions_list"))
    assert other.get("/data-saya/")["Location"].startswith(settings.LOGIN_URL)
    assert client.get(reverse("usersessions_list")).status_code == 200


def test_one_visit_can_be_ended_by_itself_and_nobody_elses(client, siti):
    lost, kept, stranger = Client(), Client(), Client()
    for one in (client, lost, kept):
        sign_in(one)
        one.get("/akun/")
    stranger.force_login(actions.open_resident_account(nik=Nik("3671010506910004"), name="Budi", password=PASSWORD))
    visit = UserSession.objects.get(session_key=lost.session.session_key)
    address = reverse("usersessions_end", args=[visit.pk])
    assert address in client.get(reverse("usersessions_list")).content.decode()
    assert stranger.post(address).status_code == 404
    assert signed_in(lost)
    assert client.post(address)["Location"] == reverse("usersessions_list")
    assert [signed_in(one) for one in (client, lost, kept)] == [True, False, True]


def test_a_new_password_must_be_long_and_the_old_one_known(client, siti):
    sign_in(client)
    page = reverse("account_change_password")
    short = client.post(page, {"oldpassword": PASSWORD, "password1": "short", "password2": "short"})
    assert short.status_code == 200
    wrong = client.post(
        page, {"oldpassword": "no", "password1": "rumah di tepi kali", "password2": "rumah di tepi kali"}
    )
    assert wrong.status_code == 200
    own = client.post(page, {"oldpassword": PASSWORD, "password1": "Siti Aminah", "password2": "Siti Aminah"})
    assert "nama Anda sendiri" in own.content.decode()
    right = client.post(
        page, {"oldpassword": PASSWORD, "password1": "rumah di tepi kali", "password2": "rumah di tepi kali"}
    )
    assert "Kata sandi sudah diganti." in client.get(right["Location"]).content.decode()
    assert sign_in(Client(), password="rumah di tepi kali")["Location"] == "/"


def test_a_passkey_that_nobody_has_opens_nothing(client, siti):
    made_up = {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}
    client.get(reverse("mfa_login_webauthn"), HTTP_ACCEPT="application/json")
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": json.dumps(made_up)})
    assert answer["Location"].startswith(settings.LOGIN_URL)
    assert not signed_in(client)


def test_a_passkey_carries_the_account_as_allauth_reads_it_back():
    """The numbers of the demonstration's first accounts are the same in both ways of writing; later ones are not."""
    later = Account(pk=1234, login="later", display_name="Dewi Lestari")
    entity = MfaAdapter().get_public_key_credential_user_entity(later)
    assert url_str_to_user_pk(entity["id"].decode()) == 1234
    assert entity["name"] == entity["display_name"] == "Dewi Lestari"


def test_a_key_that_nobody_knows_is_told_on_the_sign_in_page(client):
    trouble = "Your key did not answer"
    client.cookies["language"] = "en"
    assert re.search(rf"data-key-trouble\s+hidden>{trouble}", client.get(reverse("sign-in")).content.decode())
    page = client.post(reverse("mfa_login_webauthn"), {"credential": "{}"}, follow=True).content.decode()
    assert trouble in page
    assert not re.search(rf"data-key-trouble\s+hidden>{trouble}", page)


def test_whoever_tries_too_often_reads_it_on_a_page_of_ours(client, siti):
    sign_in(client)
    page = reverse("account_change_password")
    answers = [client.post(page, {"oldpassword": "x", "password1": "y", "password2": "y"}) for _attempt in range(8)]
    assert answers[-1].status_code == 429
    assert "Terlalu sering dicoba" in answers[-1].content.decode()
    assert "Satu" in answers[-1].content.decode()
