"""The city's texts: every mistake is told with file, line and the way to mend it."""

import shutil

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.utils import translation

from satu.kernel.city import Label
from satu.kernel.citydata import CityDataError
from satu.messaging.kinds import CONTACT_CODE, fill, load_kinds, the_kinds


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(f"{settings.SATU_CITY}/messages", tmp_path / "messages")


@pytest.fixture
def spoil(folder):
    def replace(old, new, name="letter-issued.yaml"):
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1))
        with pytest.raises(CityDataError) as caught:
            load_kinds(folder)
        assert caught.value.path.name == name
        return caught.value

    return replace


def test_the_citys_texts_are_in_order_and_their_links_lead_somewhere():
    assert "letter-issued" in the_kinds()
    assert [message for message in run_checks() if (message.id or "").startswith("satu.E02")] == []


def test_a_value_that_is_not_declared_is_named_with_its_line(spoil):
    error = spoil('en: "Your letter is ready: {number}"', 'en: "Your letter is ready: {name}"')
    assert error.line == 7
    assert "{name}" in error.what
    assert "case, number, service" in error.mend


def test_no_text_can_ask_for_a_persons_data(spoil):
    error = spoil("values: [service, number, case]", "values: [service, number, case, nik]")
    assert "'nik' is not one of" in error.what
    assert error.line == 3


def test_a_value_that_nobody_uses_is_taken_away(spoil):
    assert "no text uses day" in spoil("values: [service, number, case]", "values: [service, number, case, day]").what


def test_a_language_cannot_be_left_out(spoil):
    assert "'en' is a required property" in spoil('  en: "Your letter is ready: {number}"\n', "").what


def test_an_sms_holds_no_link(spoil):
    error = spoil("Buka Satu, menu Pemberitahuan.", "Buka https://satu.example/")
    assert error.what.startswith("sms.id:")


def test_an_sms_is_one_sms(spoil):
    assert "too long" in spoil("Buka Satu, menu Pemberitahuan.", "Buka Satu. " * 20).what


def test_every_notice_is_in_the_inbox(spoil):
    assert "inbox" in spoil("kind: letter-issued\n", "kind: letter-issued\ninbox: false\n").what


def test_the_kind_is_called_as_its_file(spoil):
    assert "letter-issued.yaml" in spoil("kind: letter-issued", "kind: letter-sent").what


def test_a_brace_that_stands_alone_is_named(spoil):
    assert "brace" in spoil("dapat diunduh.", "dapat diunduh. }").what


def test_a_city_without_the_text_for_codes_is_told(folder):
    (folder / f"{CONTACT_CODE}.yaml").unlink()
    with pytest.raises(CityDataError, match="contact-code"):
        load_kinds(folder)


def test_a_value_cannot_bring_a_place_of_its_own():
    assert fill("{number}", {"number": "{case}", "case": "secret"}) == "{case}"


def test_a_value_in_two_languages_follows_the_reader():
    with translation.override("en"):
        assert fill("{service}!", {"service": Label("Surat", "Letter")}) == "Letter!"
    with translation.override("id"):
        assert fill("{service}!", {"service": Label("Surat", "Letter")}) == "Surat!"
