"""The rules of the register that the database itself holds, beyond constraints of one row."""

from django.db import migrations

STATE = (
    "name, sex, birth_place, birth_date, death_date, religion, blood_type, education, occupation, marital_status, "
    "citizenship, life_status, mother_name, mother_nik, father_name, father_nik"
)
OLD_STATE = ", ".join(f"OLD.{column}" for column in STATE.split(", "))

HISTORY = f"""
-- A statement is never overwritten: what a row said moves to the past, and the clock is the database's.
CREATE FUNCTION registry_keep_resident() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.nik <> OLD.nik THEN
        RAISE EXCEPTION 'a NIK is for life' USING ERRCODE = 'check_violation', CONSTRAINT = 'nik_is_for_life';
    END IF;
    NEW.recorded_at := greatest(clock_timestamp(), OLD.recorded_at + interval '1 microsecond');
    INSERT INTO registry_residentpast (resident_id, {STATE}, valid, recorded_at)
    VALUES (OLD.id, {OLD_STATE}, daterange(OLD.valid_from, NULL), OLD.recorded_at);
    RETURN NEW;
END $$;
CREATE TRIGGER resident_keeps_its_past BEFORE UPDATE ON registry_resident
    FOR EACH ROW EXECUTE FUNCTION registry_keep_resident();

CREATE FUNCTION registry_keep_family() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.number <> OLD.number THEN
        RAISE EXCEPTION 'a family keeps its number'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'family_number_stays';
    END IF;
    NEW.recorded_at := greatest(clock_timestamp(), OLD.recorded_at + interval '1 microsecond');
    INSERT INTO registry_familypast (family_id, address, area_id, valid, recorded_at)
    VALUES (OLD.id, OLD.address, OLD.area_id, daterange(OLD.valid_from, NULL), OLD.recorded_at);
    RETURN NEW;
END $$;
CREATE TRIGGER family_keeps_its_past BEFORE UPDATE ON registry_family
    FOR EACH ROW EXECUTE FUNCTION registry_keep_family();

CREATE FUNCTION registry_keep_membership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.resident_id <> OLD.resident_id THEN
        RAISE EXCEPTION 'a membership stays with its resident'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_stays_with_its_resident';
    END IF;
    NEW.recorded_at := greatest(clock_timestamp(), OLD.recorded_at + interval '1 microsecond');
    INSERT INTO registry_membershippast (resident_id, family_id, role, valid, recorded_at)
    VALUES (OLD.resident_id, OLD.family_id, OLD.role, daterange(OLD.valid_from, NULL), OLD.recorded_at);
    RETURN NEW;
END $$;
CREATE TRIGGER membership_keeps_its_past BEFORE UPDATE ON registry_membership
    FOR EACH ROW EXECUTE FUNCTION registry_keep_membership();

CREATE FUNCTION registry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% refuses %: the register forgets nothing', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'check_violation', CONSTRAINT = 'register_forgets_nothing';
END $$;
"""
REFUSALS = "".join(
    f"CREATE TRIGGER {table}_forgets_nothing BEFORE {operations} ON registry_{table} "
    "FOR EACH ROW EXECUTE FUNCTION registry_refuse();\n"
    for table, operations in [
        ("resident", "DELETE"),
        ("family", "DELETE"),
        ("membership", "DELETE"),
        ("residentpast", "UPDATE OR DELETE"),
        ("familypast", "UPDATE OR DELETE"),
        ("membershippast", "UPDATE OR DELETE"),
    ]
)
PERIODS = "".join(
    # Two statements recorded at one moment about one thing never speak of the same day. (No btree_gist here: a
    # range of one number stands for the number.)
    f"""
ALTER TABLE registry_{table}
    ADD CONSTRAINT {table}_periods_do_not_overlap EXCLUDE USING gist (
        int8range({thing}, {thing}, '[]') WITH =, tstzrange(recorded_at, recorded_at, '[]') WITH =, valid WITH &&),
    ADD CONSTRAINT {table}_period_has_days CHECK (NOT isempty(valid) AND NOT lower_inf(valid));
"""
    for table, thing in [("residentpast", "resident_id"), ("familypast", "family_id"), ("membershippast", "resident_id")]
)
ACROSS = """
-- Rules across rows. They are checked a statement at a time, on the rows of the statement, so that COPY stays fast.
CREATE FUNCTION registry_check_codes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE broken text;
BEGIN
    SELECT said.kind INTO broken FROM (
        SELECT DISTINCT 'religion' AS kind, religion AS code FROM changed
        UNION ALL SELECT DISTINCT 'blood_type', blood_type FROM changed
        UNION ALL SELECT DISTINCT 'education', education FROM changed
        UNION ALL SELECT DISTINCT 'occupation', occupation FROM changed
        UNION ALL SELECT DISTINCT 'marital_status', marital_status FROM changed
        UNION ALL SELECT DISTINCT 'citizenship', citizenship FROM changed
        UNION ALL SELECT DISTINCT 'life_status', life_status FROM changed) said
    WHERE NOT EXISTS (SELECT FROM registry_code c WHERE c.kind = said.kind AND c.code = said.code) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'unknown code of %', broken
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'resident_codes_are_known';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER resident_codes_are_known AFTER INSERT ON registry_resident
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION registry_check_codes();
CREATE TRIGGER changed_resident_codes_are_known AFTER UPDATE ON registry_resident
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION registry_check_codes();
CREATE TRIGGER past_resident_codes_are_known AFTER INSERT ON registry_residentpast
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION registry_check_codes();

CREATE FUNCTION registry_check_family() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changed JOIN registry_area a ON a.id = changed.area_id WHERE a.level <> 4) THEN
        RAISE EXCEPTION 'a family lives in an RT'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'family_lives_in_an_rt';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER family_lives_in_an_rt AFTER INSERT ON registry_family
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION registry_check_family();
CREATE TRIGGER changed_family_lives_in_an_rt AFTER UPDATE ON registry_family
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION registry_check_family();
CREATE TRIGGER past_family_lives_in_an_rt AFTER INSERT ON registry_familypast
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION registry_check_family();

CREATE FUNCTION registry_check_membership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changed WHERE role IS NOT NULL AND NOT EXISTS (
                   SELECT FROM registry_code c WHERE c.kind = 'family_role' AND c.code = changed.role)) THEN
        RAISE EXCEPTION 'unknown code of family_role'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'membership_role_is_known';
    END IF;
    IF EXISTS (SELECT FROM changed JOIN registry_resident r ON r.id = changed.resident_id
                WHERE changed.valid_from < r.birth_date) THEN
        RAISE EXCEPTION 'nobody joins a family before birth'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_joins_a_family_before_birth';
    END IF;
    IF EXISTS (SELECT FROM changed JOIN registry_resident r ON r.id = changed.resident_id
                WHERE changed.family_id IS NOT NULL AND r.life_status IN (2, 3)) THEN
        RAISE EXCEPTION 'the dead and the departed belong to no family'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'members_live_here';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER membership_is_sane AFTER INSERT ON registry_membership
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION registry_check_membership();
CREATE TRIGGER changed_membership_is_sane AFTER UPDATE ON registry_membership
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION registry_check_membership();

CREATE FUNCTION registry_check_past_membership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM registry_resident r JOIN registry_membership m ON m.resident_id = r.id
                WHERE r.id = NEW.resident_id AND lower(NEW.valid) < r.birth_date AND NEW.recorded_at > r.recorded_at)
    THEN
        RAISE EXCEPTION 'nobody joins a family before birth'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_joins_a_family_before_birth';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER past_membership_is_sane BEFORE INSERT ON registry_membershippast
    FOR EACH ROW EXECUTE FUNCTION registry_check_past_membership();

-- What holds of the whole register once a transaction is complete.
CREATE FUNCTION registry_check_heads_of_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT family_id FROM changed WHERE family_id IS NOT NULL) f
                WHERE NOT EXISTS (SELECT FROM registry_membership m WHERE m.family_id = f.family_id AND m.role = 1)) THEN
        RAISE EXCEPTION 'a family with members has a head'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'family_has_a_head';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER new_members_have_a_head AFTER INSERT ON registry_membership
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION registry_check_heads_of_new();

CREATE FUNCTION registry_check_head_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM unnest(ARRAY[OLD.family_id, NEW.family_id]) family
                WHERE EXISTS (SELECT FROM registry_membership m WHERE m.family_id = family)
                  AND NOT EXISTS (SELECT FROM registry_membership m WHERE m.family_id = family AND m.role = 1)) THEN
        RAISE EXCEPTION 'a family with members has a head'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'family_has_a_head';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER families_keep_a_head AFTER UPDATE ON registry_membership
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_check_head_left();

CREATE FUNCTION registry_check_departure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM registry_resident r JOIN registry_membership m ON m.resident_id = r.id
                WHERE r.id = NEW.id AND r.life_status IN (2, 3) AND m.family_id IS NOT NULL) THEN
        RAISE EXCEPTION 'the dead and the departed belong to no family'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'members_live_here';
    END IF;
    IF EXISTS (SELECT FROM registry_resident r JOIN registry_membership m ON m.resident_id = r.id
                WHERE r.id = NEW.id AND m.valid_from < r.birth_date) THEN
        RAISE EXCEPTION 'nobody joins a family before birth'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_joins_a_family_before_birth';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER departed_leave_their_family AFTER UPDATE ON registry_resident
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_check_departure();

-- An area stands inside its parent.
CREATE FUNCTION registry_check_area() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM registry_area p WHERE p.id = NEW.parent_id AND p.level = NEW.level - 1
                      AND NEW.code LIKE p.code || '.%') THEN
        RAISE EXCEPTION 'an area stands inside its parent'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'area_stands_inside_its_parent';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER area_stands_inside_its_parent BEFORE INSERT OR UPDATE ON registry_area
    FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION registry_check_area();
"""
VIEWS = f"""
CREATE VIEW registry_resident_statement AS
    SELECT id AS resident_id, {STATE}, valid_from, daterange(valid_from, NULL) AS valid, recorded_at
      FROM registry_resident
    UNION ALL SELECT resident_id, {STATE}, lower(valid), valid, recorded_at FROM registry_residentpast;
CREATE VIEW registry_family_statement AS
    SELECT id AS family_id, number, address, area_id, valid_from, daterange(valid_from, NULL) AS valid, recorded_at
      FROM registry_family
    UNION ALL SELECT p.family_id, f.number, p.address, p.area_id, lower(p.valid), p.valid, p.recorded_at
      FROM registry_familypast p JOIN registry_family f ON f.id = p.family_id;
CREATE VIEW registry_membership_statement AS
    SELECT resident_id, family_id, role, valid_from, daterange(valid_from, NULL) AS valid, recorded_at
      FROM registry_membership
    UNION ALL SELECT resident_id, family_id, role, lower(valid), valid, recorded_at FROM registry_membershippast;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]
    operations = [migrations.RunSQL(HISTORY + REFUSALS + PERIODS + ACROSS + VIEWS, reverse_sql=migrations.RunSQL.noop)]
