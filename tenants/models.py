import zoneinfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from cs_platform.lib.currency import is_currency
from cs_platform.lib.ids import uuid7
from tenants.keys import TenantField, TenantForeignKey
from tenants.scoping import scoped_manager


class Language(models.TextChoices):
    ENGLISH = "en", _("English")
    RUSSIAN = "ru", _("Russian")


class Tenant(models.Model):
    """A workspace: one company's customer success team and all it knows."""

    slug = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    timezone = models.CharField(max_length=64, default="UTC")
    currency = models.CharField(max_length=3, default="USD")
    language = models.CharField(
        max_length=8, choices=Language, default=Language.ENGLISH
    )
    # A CSM reads only own and shared accounts when the portfolio is closed.
    is_portfolio_closed = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.name

    def clean(self):
        # The sweeps ask every workspace what day it is: one unknown zone stops them all.
        errors = {}
        if self.timezone not in zoneinfo.available_timezones():
            errors["timezone"] = _("There is no such time zone, as in Asia/Almaty.")
        if not is_currency(self.currency):
            errors["currency"] = _("This is no currency code, as in USD or KZT.")
        if errors:
            raise ValidationError(errors)


class UserManager(BaseUserManager):
    def get_by_natural_key(self, username):
        return self.get(email__iexact=username)

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in; belongs to one or several workspaces."""

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=150, blank=True)
    language = models.CharField(max_length=8, choices=Language, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_user_per_email"),
        ]

    def __str__(self):
        return self.name or self.email

    @property
    def initials(self):
        words = (self.name or self.email).split()
        return "".join(word[0] for word in words[:2]).upper()


class Role(models.TextChoices):
    CSM = "csm", _("CSM")
    LEAD = "lead", _("Team lead")
    OPS = "ops", _("CS Ops")
    ADMIN = "admin", _("Admin")
    VIEWER = "viewer", _("Viewer")


class Membership(models.Model):
    """A person's place in a workspace, and what they may do there."""

    tenant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=8, choices=Role)
    # A lead sees a team: the members who report to them, all when nobody does.
    reports_to = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="team"
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user"],
                name="one_membership_per_workspace",
                violation_error_message=_("This person is already a member."),
            ),
        ]

    def __str__(self):
        return f"{self.user} ({self.get_role_display()})"


class Credential(models.Model):
    """Which workspace a secret opens: only its digest and whose it is.

    Global, so that a machine that shows a key can be told its tenant before any tenant
    is in scope. What the key may do stands behind the wall (ApiKey, usage.Source).
    """

    class Kind(models.TextChoices):
        API = "api", _("API key")
        SOURCE = "source", _("Write key")
        CALENDAR = "calendar", _("Calendar")
        REPORT = "report", _("Report for a customer")

    digest = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return f"{self.kind} {self.digest[:8]}"


class TenantModel(models.Model):
    """Base of every row that belongs to one tenant."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = TenantField(Tenant, on_delete=models.CASCADE)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = scoped_manager()

    class Meta:
        abstract = True

    def _do_update(self, base_qs, using, pk_val, values, *args):
        # The tenant never changes: out of SET, into WHERE (a distributed Postgres
        # wants both).
        values = [value for value in values if value[0].name != "tenant"]
        base_qs = base_qs.filter(tenant_id=self.tenant_id)
        return super()._do_update(base_qs, using, pk_val, values, *args)


class ApiKey(TenantModel):
    """A key with which a program reads or writes this workspace's API."""

    class Scope(models.TextChoices):
        READ = "read", _("Read")
        WRITE = "write", _("Write")

    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "digest"], name="api_key_digest_unique_in_tenant"
            ),
            models.CheckConstraint(
                condition=~Q(scopes=[]),
                name="api_key_has_a_scope",
                violation_error_message=_("Choose what the key may do."),
            ),
        ]

    def __str__(self):
        return f"{self.name} ({self.prefix}…)"


class Invitation(TenantModel):
    """A request, by mail, to join the workspace in a role."""

    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=8, choices=Role)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    expires_at = models.DateTimeField()
    # When the mail was put into the outbox; messaging claims those without.
    announced_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "tenant",
                Lower("email"),
                condition=Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_per_email",
                violation_error_message=_("This address is already invited."),
            ),
        ]

    def __str__(self):
        return self.email


class AuditEntry(TenantModel):
    """Who changed what, when, from what to what. Written once, never changed."""

    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    by_key = TenantForeignKey(ApiKey, on_delete=models.SET_NULL, null=True)
    # Past tense, dotted: "member.invited", "contract.changed".
    action = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=200)
    subject_label = models.CharField(max_length=300, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "-at", "id"], name="audit_by_time"),
            models.Index(
                fields=["tenant", "subject_kind", "subject_id", "-at"],
                name="audit_by_subject",
            ),
        ]

    def __str__(self):
        return f"{self.action} {self.subject_label}"


class IdempotentReply(TenantModel):
    """The first answer to a POST that carried an Idempotency-Key, for its repeats."""

    api_key = TenantForeignKey(ApiKey, on_delete=models.CASCADE)
    endpoint = models.CharField(max_length=300)
    key = models.CharField(max_length=255)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "api_key", "endpoint", "key"],
                name="one_reply_per_idempotency_key",
            ),
        ]

    def __str__(self):
        return self.key
