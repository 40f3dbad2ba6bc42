"""``satu officers``: the first administrator of an agency gets her invitation as every other officer does."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from typer.testing import CliRunner

from satu.messaging.commands_officers import app
from satu.messaging.models import Delivery

pytestmark = pytest.mark.django_db


def run(*arguments):
    return CliRunner().invoke(app, arguments)


def test_whoever_runs_satu_appoints_the_first_administrator_and_invites_her():
    assert "Instansi itu tidak ada" in run("appoint", "ani@kota.example", "--name", "A", "--agency", "x").output
    done = run("appoint", "Ani@kota.example", "--name", "Ani", "--agency", "dinsos")
    assert (done.exit_code, "hold for 3 days" in done.output) == (0, True)
    assert run("appoint", "ani@kota.example", "--name", "Ani", "--agency", "dinsos").exit_code == 1
    assert run("invite", "ani@kota.example").exit_code == 0
    assert run("invite", "nobody@kota.example").exit_code == 1
    assert [one.kind for one in Delivery.objects.all()] == ["officer-invitation"] * 2
    assert ProcrastinateJob.objects.filter(task_name="messaging.send").count() == 2
