import pytest
from django.db import IntegrityError, connection, transaction

from satu.kernel import outbox
from satu.kernel.audit import audit
from satu.kernel.models import AuditEntry, OutboxEvent


@pytest.fixture
def heard(monkeypatch):
    """The events that a listener of ``city.bell_rang`` has heard in this test."""
    heard = []
    monkeypatch.setitem(outbox._listeners, "city.bell_rang", [heard.append])
    return heard


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kernel_auditentry SET actor = 'somebody else'",
        "DELETE FROM kernel_auditentry",
        "TRUNCATE kernel_auditentry",
    ],
)
def test_the_database_refuses_to_change_the_audit_trail(statement):
    audit(actor="account:1", action="test.tried", thing="thing:1")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.get().actor == "account:1"


@pytest.mark.django_db(transaction=True)
def test_news_cannot_be_announced_outside_the_transaction_it_tells_of():
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.announce("city.bell_rang", {})


@pytest.mark.django_db(transaction=True)
def test_news_of_a_change_that_was_rolled_back_is_never_heard(heard):
    with transaction.atomic():
        outbox.announce("city.bell_rang", {"times": 1})
        transaction.set_rollback(True)
    assert outbox.deliver() == 0
    assert heard == []


@pytest.mark.django_db(transaction=True)
def test_news_is_delivered_in_order_and_once(heard):
    with transaction.atomic():
        for times in (1, 2, 3):
            outbox.announce("city.bell_rang", {"times": times})
    assert outbox.deliver() == 3
    assert outbox.deliver() == 0
    assert [payload["times"] for payload in heard] == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_a_listener_that_fails_is_remembered_and_asked_again(monkeypatch):
    answers = iter([ZeroDivisionError("not today"), None])

    def moody(payload):
        if answer := next(answers):
            raise answer

    monkeypatch.setitem(outbox._listeners, "city.bell_rang", [moody])
    with transaction.atomic():
        outbox.announce("city.bell_rang", {})
    assert outbox.deliver() == 0
    event = OutboxEvent.objects.get()
    assert (event.attempts, event.last_error) == (1, "ZeroDivisionError: not today")
    assert outbox.deliver() == 1
