"""A bill moves along its states only; a payment is refunded once; codes and events never change."""

from django.db import migrations

from satu.kernel.append_only import append_only, never_removed

BILL = """
CREATE FUNCTION finance_bill_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'open' THEN
        RAISE EXCEPTION 'finance_bill: a bill begins open' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION finance_bill_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'state' <> to_jsonb(OLD) - 'state' THEN
        RAISE EXCEPTION 'finance_bill: only the state of a bill changes'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (OLD.state, NEW.state) NOT IN
        (('open', 'paid'), ('open', 'expired'), ('open', 'cancelled'), ('paid', 'refunded')) THEN
        RAISE EXCEPTION 'finance_bill: % does not become %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state IN ('paid', 'refunded') AND NOT EXISTS (
        SELECT 1 FROM finance_payment p
        WHERE p.bill_id = NEW.id AND p.standing = 'settles' AND p.amount = NEW.amount
          AND (NEW.state = 'paid' OR p.refunded_at IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'finance_bill: no payment of this amount makes it %', NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER finance_bill_begins BEFORE INSERT ON finance_bill
    FOR EACH ROW EXECUTE FUNCTION finance_bill_begins();
CREATE TRIGGER finance_bill_moves BEFORE UPDATE ON finance_bill
    FOR EACH ROW EXECUTE FUNCTION finance_bill_moves();
"""

BILL_BACK = """
DROP TRIGGER finance_bill_begins ON finance_bill;
DROP TRIGGER finance_bill_moves ON finance_bill;
DROP FUNCTION finance_bill_begins();
DROP FUNCTION finance_bill_moves();
"""

PAYMENT = """
CREATE FUNCTION finance_payment_only_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked text[] := ARRAY['refund_asked_at', 'refund_asked_by', 'refund_reason'];
    done text[] := ARRAY['refunded_at', 'refund_reference'];
    may_change text[] := '{}';
BEGIN
    IF OLD.refund_asked_at IS NULL THEN may_change := may_change || asked; END IF;
    IF OLD.refunded_at IS NULL THEN may_change := may_change || done; END IF;
    IF to_jsonb(NEW) - may_change <> to_jsonb(OLD) - may_change THEN
        RAISE EXCEPTION 'finance_payment is append-only: a payment can be refunded once, nothing else'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER finance_payment_only_refund BEFORE UPDATE ON finance_payment
    FOR EACH ROW EXECUTE FUNCTION finance_payment_only_refund();
"""

PAYMENT_BACK = """
DROP TRIGGER finance_payment_only_refund ON finance_payment;
DROP FUNCTION finance_payment_only_refund();
"""


class Migration(migrations.Migration):
    dependencies = [("finance", "0001_initial"), ("kernel", "0002_audit_append_only")]
    operations = [
        append_only("finance_charge"),
        append_only("finance_event"),
        migrations.RunSQL(BILL, BILL_BACK),
        never_removed("finance_bill"),
        migrations.RunSQL(PAYMENT, PAYMENT_BACK),
        never_removed("finance_payment"),
    ]
