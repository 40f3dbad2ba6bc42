"""Tables of the population register, with their history in two times.

Each of resident, family and membership has a table of what is believed now, one row each, and a table of what was
stated before (``…Past``). A row of either is a statement: *from this day* (valid time) the thing was so, *recorded
then* (recorded time). At any (day, moment of belief) the latest statement recorded by that moment that covers that
day holds. Nothing is ever overwritten: the database itself moves a changed row's old content to ``…Past``, whose
rows nobody can change (migration 0002).
"""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from satu.registry import codes

#: ``PPKKCC``, day (women: + 40), month, year, serial.
NIK_SHAPE = r"^[1-9][0-9]{5}([04][1-9]|[1256][0-9]|[37][01])(0[1-9]|1[0-2])[0-9]{6}$"
#: ``PPKKCC``, day, month, year, serial.
FAMILY_CARD_SHAPE = r"^[1-9][0-9]{5}(0[1-9]|[12][0-9]|3[01])(0[1-9]|1[0-2])[0-9]{6}$"


class Code(models.Model):
    """One line of a national code list (facts 1.3), for as long as it holds. Loaded from ``reference/codes.csv``."""

    kind = models.CharField(max_length=20)
    code = models.SmallIntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    label_id = models.CharField(max_length=80)
    label_en = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "code", "valid_from"], name="code_once"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")), name="code_ends_after_it_begins"
            ),
        ]


class Area(models.Model):
    """Kecamatan (level 1), kelurahan (2), RW (3) and RT (4). An area's code begins with its parent's."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=21, db_collation="C")
    level = models.SmallIntegerField()
    name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    postcode = models.CharField(max_length=5, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="area_code_once"),
            models.CheckConstraint(
                condition=Q(level=1, code__regex=r"^\d\d\.\d\d\.\d\d$", parent=None)
                | Q(level=2, code__regex=r"^\d\d\.\d\d\.\d\d\.\d{4}$", parent__isnull=False)
                | Q(level=3, code__regex=r"^\d\d\.\d\d\.\d\d\.\d{4}\.\d{3}$", parent__isnull=False)
                | Q(level=4, code__regex=r"^\d\d\.\d\d\.\d\d\.\d{4}\.\d{3}\.\d{3}$", parent__isnull=False),
                name="area_code_fits_its_level",
            ),
        ]


class ResidentState(models.Model):
    """What can be true of a resident. Numbers are codes of ``Code``."""

    name = models.CharField(max_length=100)
    sex = models.CharField(max_length=6)
    birth_place = models.CharField(max_length=60)
    birth_date = models.DateField()
    death_date = models.DateField(null=True)
    religion = models.SmallIntegerField()
    blood_type = models.SmallIntegerField(default=codes.BLOOD_TYPE_UNKNOWN)
    education = models.SmallIntegerField()
    occupation = models.SmallIntegerField()
    marital_status = models.SmallIntegerField()
    citizenship = models.SmallIntegerField(default=codes.CITIZEN)
    life_status = models.SmallIntegerField(default=codes.LIVING)
    mother_name = models.CharField(max_length=100)
    mother_nik = models.CharField(max_length=16, null=True, db_collation="C")  # noqa: DJ001 - unknown is not empty
    father_name = models.CharField(max_length=100)
    father_nik = models.CharField(max_length=16, null=True, db_collation="C")  # noqa: DJ001 - unknown is not empty

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(sex__in=["male", "female"]), name="%(class)s_has_a_sex"),
            models.CheckConstraint(condition=~Q(name=""), name="%(class)s_has_a_name"),
            models.CheckConstraint(
                condition=Q(death_date=None) | Q(death_date__gte=F("birth_date")),
                name="%(class)s_dies_after_birth",
            ),
            models.CheckConstraint(
                condition=Q(life_status=codes.DEAD, death_date__isnull=False)
                | (~Q(life_status=codes.DEAD) & Q(death_date=None)),
                name="%(class)s_is_dead_with_a_date",
            ),
        ]


class Resident(ResidentState):
    """A person, as believed now. Her NIK is hers for life: the database refuses to change it."""

    nik = models.CharField(max_length=16, db_collation="C")
    valid_from = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            *ResidentState.Meta.constraints,
            models.UniqueConstraint(fields=["nik"], name="nik_once"),
            models.CheckConstraint(
                condition=Q(nik__regex=NIK_SHAPE) & ~Q(nik__endswith="0000"), name="nik_is_well_formed"
            ),
            models.CheckConstraint(condition=Q(valid_from__gte=F("birth_date")), name="resident_is_true_after_birth"),
            models.CheckConstraint(
                condition=(Q(mother_nik=None) | ~Q(mother_nik=F("nik")))
                & (Q(father_nik=None) | ~Q(father_nik=F("nik"))),
                name="nobody_is_her_own_parent",
            ),
        ]


class ResidentPast(ResidentState):
    """What was stated about a resident before. Append-only."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT)
    valid = DateRangeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [*ResidentState.Meta.constraints]


class Family(models.Model):
    """A family card (KK), and where the family lives, as believed now. Its number does not change."""

    number = models.CharField(max_length=16, db_collation="C")
    address = models.CharField(max_length=120)
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    valid_from = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="family_number_once"),
            models.CheckConstraint(
                condition=Q(number__regex=FAMILY_CARD_SHAPE) & ~Q(number__endswith="0000"),
                name="family_number_is_well_formed",
            ),
        ]


class FamilyPast(models.Model):
    """Where a family was stated to live before. Append-only."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT)
    address = models.CharField(max_length=120)
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    valid = DateRangeField()
    recorded_at = models.DateTimeField()


class Membership(models.Model):
    """The family a resident belongs to now: the key makes it one. No family: she died or moved away."""

    resident = models.OneToOneField(Resident, primary_key=True, on_delete=models.PROTECT)
    family = models.ForeignKey(Family, null=True, on_delete=models.PROTECT)
    role = models.SmallIntegerField(null=True)
    valid_from = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["family"], condition=Q(role=codes.HEAD_OF_FAMILY), name="family_has_one_head"
            ),
            models.CheckConstraint(
                condition=Q(family=None, role=None) | Q(family__isnull=False, role__isnull=False),
                name="membership_has_a_role",
            ),
        ]


class MembershipPast(models.Model):
    """Which family a resident was stated to belong to before. Append-only."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT)
    family = models.ForeignKey(Family, null=True, on_delete=models.PROTECT)
    role = models.SmallIntegerField(null=True)
    valid = DateRangeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(family=None, role=None) | Q(family__isnull=False, role__isnull=False),
                name="membershippast_has_a_role",
            ),
        ]
