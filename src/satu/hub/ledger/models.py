"""The ledger's tables as Django reads them. The migration's SQL makes them, and nothing ever changes a row.

They are unmanaged: Django's own ``flush`` would TRUNCATE them, which the database refuses for these tables.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Entry(models.Model):
    """One look at one subject. ``id`` is a UUIDv7, so entries lie on disk, and are paged, in the order of time."""

    id = models.UUIDField(primary_key=True)
    cluster = models.BigIntegerField()
    transaction_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    dossier_id = models.UUIDField(null=True)
    salt = models.BinaryField()
    subject_kind = models.TextField()
    subject_key = models.TextField()
    kind = models.TextField()
    actor = models.TextField()
    actor_kind = models.TextField()
    actor_name = models.TextField()
    actor_agency = models.TextField()
    purpose_kind = models.TextField()
    purpose_reference = models.TextField()
    purpose_id = models.TextField()
    purpose_en = models.TextField()
    legal_basis = models.TextField()
    facts = ArrayField(models.TextField())
    systems = ArrayField(models.TextField())
    outcomes = ArrayField(models.TextField())

    class Meta:
        managed = False
        db_table = "ledger_entry"

    def __repr__(self) -> str:
        return f"<Entry {self.pk}>"


class Leaf(models.Model):
    """An entry's place in the Merkle tree, and its leaf hash. An entry without one is not sealed yet."""

    index = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.DO_NOTHING, db_constraint=False, related_name="leaf")
    hash = models.BinaryField()

    class Meta:
        managed = False
        db_table = "ledger_leaf"


class TreeHead(models.Model):
    """The tree's root when it had ``size`` leaves: one row for each time it grew."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "ledger_treehead"
