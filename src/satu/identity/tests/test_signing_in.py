from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from satu.identity import actions
from satu.identity.models import FailedSignIn
from satu.identity.queries import demonstration_accounts
from satu.kernel.identifiers import Nik

NIK = "3671014506910003"
PASSWORD = "a-password-of-siti"
pytestmark = pytest.mark.django_db


@pytest.fixture
def siti():
    return actions.open_resident_account(nik=Nik(NIK), name="Siti Aminah", password=PASSWORD, demo=True)


@pytest.fixture
def dewi():
    return actions.open_officer_account(
        login="loket", name="Dewi Lestari", password=PASSWORD, agency="kelurahan", duties=["front-office"]
    )


def sign_in(client, login=NIK, password=PASSWORD, **more):
    return client.post(reverse("sign-in"), {"login": login, "password": password, **more})


def test_a_resident_signs_in_with_her_nik_however_she_writes_it(client, siti):
    for written in (NIK, "3671 0145 0691 0003", "3671.0145.0691.0003"):
        assert sign_in(client, written)["Location"] == "/"
        assert client.session["_auth_user_id"] == str(siti.pk)
        client.logout()


def test_an_officer_lands_at_the_desk(client, dewi):
    assert sign_in(client, "Loket ")["Location"] == "/desk/"


def test_an_officer_who_looks_nobody_up_lands_at_her_tasks(client, db):
    actions.open_officer_account(
        login="arsip", name="Arsip", password=PASSWORD, agency="diskominfo", duties=["archivist"]
    )
    assert sign_in(client, "arsip")["Location"] == "/desk/tugas/"


def test_signing_in_gives_the_session_a_new_key(client, siti):
    client.get("/v/")
    session = client.session
    session["something"] = 1
    session.save()
    before = session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_a_wrong_password_says_nothing_about_which_was_wrong(client, siti):
    known, unknown = sign_in(client, NIK, "wrong"), sign_in(client, "3671014506910004", "wrong")
    assert known.status_code == unknown.status_code == 422
    sentence = "NIK atau kata sandi tidak cocok."
    assert sentence in known.content.decode()
    assert sentence in unknown.content.decode()


def test_what_was_typed_is_kept_except_the_password(client, siti):
    page = sign_in(client, NIK, "wrong-secret").content.decode()
    assert NIK in page
    assert "wrong-secret" not in page


def test_guessing_is_slowed_down_even_with_the_right_password(client, siti):
    for _ in range(actions.FAILURES_PER_LOGIN):
        assert sign_in(client, password="wrong").status_code == 422
    refused = sign_in(client)
    assert refused.status_code == 429
    assert "_auth_user_id" not in client.session
    FailedSignIn.objects.update(at=timezone.now() - actions.FAILURES_WINDOW - timedelta(seconds=1))
    assert sign_in(client).status_code == 302


def test_guessing_many_logins_from_one_address_is_slowed_down(client, siti):
    for number in range(actions.FAILURES_PER_ADDRESS):
        sign_in(client, f"nobody{number}", "wrong")
    assert sign_in(client).status_code == 429
    assert Client(REMOTE_ADDR="10.0.0.9").post(
        reverse("sign-in"), {"login": NIK, "password": PASSWORD}
    ).status_code == 302  # fmt: skip


def test_neither_login_nor_address_can_be_read_from_the_record_of_failures(client, siti):
    sign_in(client, password="wrong")
    for row in FailedSignIn.objects.all():
        assert NIK not in row.key
        assert "127.0.0.1" not in row.key


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(client, siti, elsewhere):
    assert sign_in(client, next=elsewhere)["Location"] == "/"


def test_one_is_sent_back_to_the_page_one_came_for(client, siti):
    page = client.get("/permohonan/")
    assert page["Location"] == "/masuk/?next=/permohonan/"
    assert 'name="next" value="/permohonan/"' in client.get(page["Location"]).content.decode()
    assert sign_in(client, next="/permohonan/")["Location"] == "/permohonan/"


def test_a_resident_is_not_sent_to_the_desk(client, siti):
    assert sign_in(client, next="/desk/")["Location"] == "/"


def test_somebody_of_the_demonstration_signs_in_with_one_press(client, siti, dewi):
    offered = demonstration_accounts()
    assert [account.name for account in offered] == ["Siti Aminah"]
    answer = client.post(reverse("sign-in-demonstration"), {"account": offered[0].id})
    assert answer["Location"] == "/"
    assert client.session["_auth_user_id"] == str(siti.pk)


def test_one_press_works_for_nobody_else(client, dewi):
    assert client.post(reverse("sign-in-demonstration"), {"account": dewi.pk}).status_code == 404
    assert client.post(reverse("sign-in-demonstration"), {"account": "x"}).status_code == 404


def test_production_has_no_one_press_sign_in(client, siti, settings):
    settings.DEVELOPMENT = False
    assert demonstration_accounts() == []
    assert client.post(reverse("sign-in-demonstration"), {"account": siti.pk}).status_code == 404
    assert "Siti Aminah" not in client.get(reverse("sign-in")).content.decode()


def test_the_sign_in_page_does_not_show_anybodys_nik(client, siti):
    assert NIK not in client.get(reverse("sign-in")).content.decode()


def test_signing_out_needs_a_press_and_ends_the_visit(client, siti):
    client.force_login(siti)
    assert client.get(reverse("sign-out")).status_code == 405
    client.post(reverse("sign-out"))
    assert "_auth_user_id" not in client.session


def test_a_form_from_elsewhere_is_refused_with_a_page(siti):
    strict = Client(enforce_csrf_checks=True)
    answer = sign_in(strict)
    assert answer.status_code == 403
    assert "Kiriman ini tidak kami terima" in answer.content.decode()


def test_a_part_of_a_page_that_finds_the_visit_over_sends_the_whole_page_to_sign_in(client):
    answer = client.get("/desk/", headers={"HX-Request": "true"}, follow=True)
    assert answer.headers["HX-Redirect"] == "/masuk/"
