"""One row of every table of a workspace, made from the models themselves.

A model added tomorrow is in it without anybody's doing; one whose constraints refuse
the plain values says here what it wants instead.
"""

import uuid
from datetime import UTC, date, datetime, time
from decimal import Decimal

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from cs_platform.lib.ids import uuid7
from health.scoring import POINTS
from tenants.models import Role, TenantModel, User
from tests.factories.tenants import MembershipFactory
from tests.qbr.decks import empty
from tests.test_house_style import OUR_APPS

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)

# The generation of message keys that is written to now.
GENERATION = int(datetime.now(UTC).timestamp() // 864_000)

# What a constraint asks for, by model and field.
WANTED = {
    "accounts.Contract": {"ends_on": date(2027, 1, 1)},
    "accounts.Ticket": {"status": "open"},
    "integrations.ImportRun": {
        "header": ["id", "name"],
        "delimiter": ",",
        "encoding": "utf-8",
    },
    "health.Scorecard": {"definition": POINTS, "published_at": AT},
    "health.Snapshot": {
        "measures": [
            {"key": measure["key"], "points": 0, "state": "missing"}
            for measure in POINTS["measures"]
        ]
    },
    "health.Contradiction": {"said": {"usage": 90, "money": 10}},
    "health.RiskModel": {"state": "learning"},
    "messaging.Message": {"state": "sent"},
    "messaging.QuietHours": {"starts": time(22), "ends": time(7), "timezone": "UTC"},
    "qbr.Attendee": {"user": None, "side": "theirs"},
    "qbr.Cadence": {"tier": ""},
    "qbr.Commitment": {"side": "theirs"},
    "qbr.Report": {"figures": empty(), "figured_at": AT, "sections": []},
    "qbr.Review": {"period_end": date(2026, 8, 1), "scheduled_at": AT},
    "nps.Invitation": {"state": "sent", "sent_at": AT, "language": "en"},
    "nps.OptOut": {"address": "left@customer.example"},
    "nps.Response": {"kind": "nps", "score": 7, "language": "en"},
    "nps.Survey": {"state": "on", "on_since": AT.date()},
    "nps.SurveySettings": {"colour": "#1f4b99", "logo": None},
    "renewals.Offer": {"currency": "USD", "language": "en"},
    "renewals.OfferTemplate": {"colour": "#1f4b99", "logo": None},
    "renewals.RiskPlan": {"state": "open"},
    "renewals.LadderSetting": {"days": [120, 90, 60, 30, 7], "tier": ""},
    "usage.MessageKey": {"generation": GENERATION},
}


def behind_the_wall():
    """Every model of ours whose rows belong to one tenant, parents first."""
    ours = [
        model
        for model in apps.get_models()
        if model._meta.app_label in OUR_APPS
        and model._meta.managed  # a view has no rows of its own
        and (issubclass(model, TenantModel) or "tenant" in key_of(model))
    ]
    return sorted(ours, key=lambda model: OUR_APPS.index(model._meta.app_label))


def make_partitions(at):
    """Room for the event and the key of that instant."""
    with connection.cursor() as cursor:
        first = at.date().replace(day=1)
        cursor.execute("SELECT usage_make_event_partition(%s)", [first])
        cursor.execute("SELECT usage_make_key_generation(%s)", [GENERATION])


def key_of(model):
    return {field.name for field in model._meta.pk_fields}


class World:
    """The rows of one workspace; text in them carries its canary."""

    def __init__(self, tenant):
        self.tenant = tenant
        self.canary = f"canary-{tenant.slug}"
        self.member = MembershipFactory(
            tenant=tenant, role=Role.ADMIN, user__name=f"{self.canary} person"
        ).user
        self.rows = {}
        make_partitions(AT)
        for model in behind_the_wall():
            self.row(model)

    def row(self, model):
        if model not in self.rows:
            self.rows[model] = model.objects.create(**self._values(model))
        return self.rows[model]

    def _values(self, model):
        wanted = WANTED.get(model._meta.label, {})
        fields = [field for field in model._meta.local_concrete_fields]
        values = {
            field.name: self._value(field)
            for field in fields
            if field.name not in wanted and not field.generated
            if self._must_be_given(field)
        }
        return {"tenant": self.tenant} | values | wanted

    def _must_be_given(self, field):
        if field.name == "tenant" or isinstance(field, models.CompositePrimaryKey):
            return False
        is_text = isinstance(field, models.CharField | models.TextField)
        return is_text or not (field.null or field.has_default()) or field.is_relation

    def _value(self, field):
        if field.is_relation:
            return self._related(field)
        if field.choices:
            return field.default if field.has_default() else field.choices[0][0]
        for kind, value in self._plain(field):
            if isinstance(field, kind):
                return value
        raise TypeError(f"{field}: say in WANTED what it holds")

    def _related(self, field):
        target = field.related_model
        if target is User:
            return self.member
        if target is field.model:
            return None
        return self.row(target) if target in behind_the_wall() else None

    def _plain(self, field):
        text = f"{self.canary} {field.name}"[: field.max_length or 300]
        if field.name == "external_id":
            # Stands in addresses, which an error page may repeat: no canary.
            text = f"{self.tenant.slug}-{field.model.__name__.lower()}"
        return [
            (ArrayField, ["read"] if field.name == "scopes" else []),
            (models.EmailField, f"{field.name}@{self.canary}.example"),
            (models.CharField | models.TextField, text),
            (models.DateTimeField, AT),
            (models.DateField, AT.date()),
            (models.UUIDField, uuid7()),
            (models.DecimalField, Decimal(1)),
            (models.IntegerField | models.FloatField, 1),
            (models.BooleanField, False),
            (models.JSONField, {}),
            (models.BinaryField, b"id,name\n1,a\n"),
        ]


def keys_of_rows(world, models=None):
    """What could stand in an address: keys and external ids of every row, or of these."""
    found = set()
    for model, row in world.rows.items():
        if models is not None and model not in models:
            continue
        if isinstance(row.pk, uuid.UUID):
            found.add(str(row.pk))
        if getattr(row, "external_id", None):
            found.add(row.external_id)
    return sorted(found)
