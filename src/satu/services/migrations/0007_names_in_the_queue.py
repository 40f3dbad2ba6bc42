"""A name is found in the queue by how its words begin, within an area: an index that needs no extension.

The lexemes of an open task are the words of its applicant's name, and each of them again behind the area's code. A
text query with a prefix on such a lexeme reads the few entries of that area and no others. The function is not in
SQL, because the planner would write its text out and forget what it costs to call it for every task;
and not parallel, because starting workers takes longer than finding a name.
"""

from django.db import migrations

_INDEX = r"""
CREATE FUNCTION services_task_words(area text, name text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL UNSAFE COST 10000 AS $$
BEGIN
    RETURN array_to_tsvector(
        array_remove(string_to_array(lower(name), ' '), '')
        || array_remove(string_to_array(regexp_replace(lower(name), '([^ ]+)', area || '/\1', 'g'), ' '), ''));
END $$;
CREATE INDEX task_found_by_name ON services_task USING gin (services_task_words(area, applicant_name))
    WITH (fastupdate = off) WHERE state = 'open';
"""


class Migration(migrations.Migration):
    dependencies = [("services", "0006_steps_that_inform_and_operate")]

    operations = [
        migrations.RunSQL(
            sql=_INDEX,
            reverse_sql="DROP INDEX task_found_by_name; DROP FUNCTION services_task_words(text, text);",
        ),
    ]
