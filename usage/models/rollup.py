from django.db import models
from django.db.models import F, Func

from accounts.models import Account
from tenants.keys import UncheckedTenantForeignKey
from tenants.models import Tenant
from tenants.scoping import scoped_manager
from usage.models.source import Feature, Source


class Rollup(models.Model):
    """Base of the tables that say what an account did on a day; written by the worker.

    Their key is what they are about, not an id; days are the tenant's.
    """

    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
        editable=False,
    )
    account = UncheckedTenantForeignKey(Account, on_delete=models.CASCADE)
    day = models.DateField()
    events = models.PositiveBigIntegerField()

    objects = scoped_manager()

    class Meta:
        abstract = True


class FeatureDay(Rollup):
    """How often, and by how many people, an account used a feature on a day."""

    pk = models.CompositePrimaryKey("tenant", "account", "day", "feature")
    feature = UncheckedTenantForeignKey(Feature, on_delete=models.CASCADE)
    users = models.PositiveIntegerField()

    def __str__(self):
        return f"{self.account_id} {self.day} {self.feature_id}"


# A slot is so many minutes of the wall clock in which a person did something.
SLOT = 5
SLOTS = 24 * 60 // SLOT


class SlotsField(models.Field):
    """The slots of a day, a bit each, as Postgres keeps, unites and counts them."""

    def db_type(self, connection):
        return f"bit({SLOTS})"


class UserDayQuerySet(models.QuerySet):
    def with_minutes(self):
        """With `minutes` in the product; None where they are unknown."""
        slots = Func(
            F("slots"), function="bit_count", output_field=models.IntegerField()
        )
        return self.annotate(minutes=slots * SLOT)


class UserDay(Rollup):
    """How often, and for how long, a person of an account used the product on a day."""

    pk = models.CompositePrimaryKey("tenant", "account", "day", "user_ref")
    user_ref = models.CharField(max_length=300)
    # By the clock of the tenant: an hour that the clock goes through twice counts once.
    # Null where nobody knows: counted before slots were kept, or taken apart after the
    # raw events were gone.
    slots = SlotsField(null=True)

    objects = scoped_manager(UserDayQuerySet)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "user_ref", "day"], name="day_of_user")
        ]

    def __str__(self):
        return f"{self.account_id} {self.day} {self.user_ref}"


class Feed(models.Model):
    """That a source fed an account in a month: events of it counted for the account.

    By the day they were received on, so that what comes later changes nothing that was
    known before. Written by the roll-up, once a month for each pair.
    """

    pk = models.CompositePrimaryKey("tenant", "account", "month", "source")
    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
        editable=False,
    )
    account = UncheckedTenantForeignKey(Account, on_delete=models.CASCADE)
    source = UncheckedTenantForeignKey(Source, on_delete=models.CASCADE)
    # Its first day, and the day in it from which on this is known.
    month = models.DateField()
    first_on = models.DateField()

    objects = scoped_manager()

    def __str__(self):
        return f"{self.account_id} {self.month} {self.source_id}"
