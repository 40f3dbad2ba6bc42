"""The name index as it is kept in the database. Every process that searches holds a copy (see ``copy.py``)."""

from django.db import models
from django.db.models.functions import Now


class Generation(models.Model):
    """One index of the whole register. The newest holds; numbers are never used twice, also after a rollback."""

    built_at = models.DateTimeField(db_default=Now())
    residents = models.BigIntegerField()
    names = models.BigIntegerField()
    words = models.BigIntegerField()


class Part(models.Model):
    """A part of a generation: one packed array or list (see ``packing.py``). Never changed."""

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE)
    name = models.CharField(max_length=40)
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["generation", "name"], name="name_search_part_once"),
        ]


class Change(models.Model):
    """A resident as she is since the newest generation was made; ``name`` is null when she is gone.

    ``transaction_id`` is that of the transaction that wrote the row. By it a reader knows which rows she may keep
    (their transaction is over for everybody) and from where to read on (see ``copy.py``).
    """

    transaction_id = models.BigIntegerField()
    resident_id = models.BigIntegerField()
    name = models.CharField(max_length=100, null=True)  # noqa: DJ001 - gone is not nameless
    birth = models.IntegerField(null=True)
    kelurahan = models.CharField(max_length=13, blank=True)

    class Meta:
        indexes = [models.Index(fields=["transaction_id"], name="name_search_change_by_tx")]
