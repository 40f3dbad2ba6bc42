"""While Satu is being worked on, every address says so and when to come back; nothing else is touched."""

import pytest
from typer.testing import CliRunner

from satu.theme.commands import app


@pytest.fixture
def command(settings, tmp_path):
    settings.STATE_DIR = tmp_path
    return lambda *words: CliRunner().invoke(app, list(words))


def test_every_address_says_so_until_it_is_over(client, command):
    assert command("status").exit_code == 0
    command("on", "--until", "14.30")
    assert command("status").exit_code == 1
    for path in ("/", "/permohonan/", "/tidak-ada/"):
        answer = client.get(path)  # without a database: nothing asks it
        assert answer.status_code == 503
        assert "Kembalilah setelah 14.30." in answer.content.decode()
        assert (answer["Retry-After"], answer["Cache-Control"]) == ("300", "no-store")
    assert client.post("/masuk/", {"login": "x"}).status_code == 503
    command("off")
    assert client.get("/v/").status_code == 200


def test_it_is_said_in_english_and_in_the_citys_colours(client, command):
    command("on")
    client.cookies["language"] = "en"
    page = client.get("/").content.decode()
    assert "Come back in a few minutes." in page
    assert client.get("/tema/x.css").status_code == 200
