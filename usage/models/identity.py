from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Account
from tenants.keys import TenantForeignKey
from tenants.models import Tenant
from tenants.scoping import scoped_manager


class Told(models.Model):
    """Base of what messages told us about ids: the last writer wins, by when it happened,
    then by when we received it, then by the message's key, so that order of arrival
    changes nothing.
    """

    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        editable=False,
    )
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    message_key = models.UUIDField()

    objects = scoped_manager()

    class Meta:
        abstract = True


class Group(Told):
    """A group id of the product, and the account it means. Once told, it stays."""

    pk = models.CompositePrimaryKey("tenant", "ref")
    ref = models.CharField(max_length=300)
    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    # The last name its traits gave, to tell it from a name a person has chosen since.
    name = models.CharField(max_length=200, blank=True)

    def __str__(self):
        return self.ref


class Link(Told):
    """An id that means another: an anonymous id of a user, or a user's previous id.

    `person` is the end of the chain. The last id of a chain has a row too, meaning
    itself, so that an id without a row is nobody else.
    """

    pk = models.CompositePrimaryKey("tenant", "ref")
    ref = models.CharField(max_length=300)
    means = models.CharField(max_length=300)
    person = models.CharField(max_length=300)
    # On the row of a person: every id that means them, their own too. An index by
    # person would do, but with two indexes that begin with the tenant the planner may
    # take the wrong one for a tenant it has no statistics of yet.
    members = ArrayField(models.CharField(max_length=300), default=list)

    def __str__(self):
        return f"{self.ref} → {self.person}"


class Membership(Told):
    """From this instant on, until the next, a user belongs to an account."""

    pk = models.CompositePrimaryKey("tenant", "person", "occurred_at", "message_key")
    # Whom the ref means today: kept true by the roll-up when links change.
    person = models.CharField(max_length=300)
    ref = models.CharField(max_length=300)
    account = TenantForeignKey(Account, on_delete=models.CASCADE)

    def __str__(self):
        return f"{self.ref} in {self.account_id} from {self.occurred_at}"


class Person(Told):
    """What identify calls told about a user: for lists that people read."""

    pk = models.CompositePrimaryKey("tenant", "ref")
    ref = models.CharField(max_length=300)
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)

    def __str__(self):
        return self.name or self.email or self.ref
