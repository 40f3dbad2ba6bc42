"""The only writers of the name index."""

from collections.abc import Iterable, Iterator

from django.db import connection, transaction

from satu.registry.search.index import Index, IndexBuilder
from satu.registry.search.models import Change, Generation, Part
from satu.registry.search.packing import pack

_EVERYBODY = """
    COPY (
        SELECT resident.id, to_char(resident.birth_date, 'YYYYMMDD'), coalesce(left(rt.code, 13), ''), resident.name
        FROM registry_resident AS resident
        LEFT JOIN registry_membership AS membership ON membership.resident_id = resident.id
        LEFT JOIN registry_family AS family ON family.id = membership.family_id
        LEFT JOIN registry_area AS rt ON rt.id = family.area_id
    ) TO STDOUT
"""
_AS_THEY_ARE_NOW = """
    INSERT INTO name_search_change (transaction_id, resident_id, name, birth, kelurahan)
    SELECT pg_current_xact_id()::text::bigint, changed.id, resident.name,
           to_char(resident.birth_date, 'YYYYMMDD')::int, coalesce(left(rt.code, 13), '')
    FROM unnest(%s::bigint[]) AS changed(id)
    LEFT JOIN registry_resident AS resident ON resident.id = changed.id
    LEFT JOIN registry_membership AS membership ON membership.resident_id = resident.id
    LEFT JOIN registry_family AS family ON family.id = membership.family_id
    LEFT JOIN registry_area AS rt ON rt.id = family.area_id
"""
_MANY_CHANGES = 500
_ONE_REBUILD_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('name_search.rebuild'))"


@transaction.atomic
def reindex(resident_ids: Iterable[int]) -> None:
    """Take these residents into the index as they are now: name, birth date, kelurahan; or that they are gone.

    Call it in the transaction of the change, after it. This transaction sees it at once; every process sees it with
    the first search after the commit.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AS_THEY_ARE_NOW, [sorted(set(resident_ids))])


@transaction.atomic
def rebuild() -> Generation:
    """Make a new index of the whole register. Processes read it with their next search (see the README for how long).

    What others change meanwhile is not lost: their changes stay and lie over the new generation.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ONE_REBUILD_AT_A_TIME)
    # Rows that can be seen now are in what is read next; a row that appears later may not be, and must stay.
    known_changes = list(Change.objects.values_list("id", flat=True))
    index = _index_of_everybody()
    Generation.objects.all().delete()
    generation = Generation.objects.create(
        residents=len(index.resident_ids), names=len(index), words=len(index.vocabulary)
    )
    for name, data in pack(index).items():
        Part.objects.create(generation=generation, name=name, data=data)
    Change.objects.filter(id__in=known_changes).delete()
    return generation


def rebuild_if_worn() -> bool:
    """``rebuild`` if so many have changed that searching the changes beside the index takes time; says whether."""
    worn = Change.objects.count() >= _MANY_CHANGES
    if worn:
        rebuild()
    return worn


def _index_of_everybody() -> Index:
    builder = IndexBuilder()
    for line in _lines():
        resident_id, birth, kelurahan, name = line.split("\t")
        builder.add(int(resident_id), int(birth), kelurahan, name)
    return builder.build()


def _lines() -> Iterator[str]:
    """Rows in COPY's text format. Its escapes are left as they are: no letter of a name needs one."""
    with connection.cursor() as cursor, cursor.copy(_EVERYBODY) as copy:
        rest = b""
        for block in copy:
            *whole, rest = (rest + bytes(block)).split(b"\n")
            yield from (line.decode() for line in whole)
