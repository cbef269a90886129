import secrets

from django.db import transaction
from django.utils.text import slugify

from tenants.models import Role, Tenant
from tenants.scoping import tenant_scope
from tenants.services.audit import record_audit
from tenants.services.members import add_member

CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяқңғүұһәіө"
LATIN = dict(
    zip(
        CYRILLIC,
        # A dash stands for a letter that has no sound of its own.
        (
            "a b v g d e e zh z i i k l m n o p r s t u f h ts ch sh sch - y - e yu ya"
            " q n g u u h a i o"
        )
        .replace("-", "_")
        .split(),
        strict=True,
    )
)


@transaction.atomic
def create_tenant(slug, *, name, timezone="UTC", currency="USD", language="en"):
    """Create a workspace. Raises ValidationError for a taken slug or unknown zone."""
    tenant = Tenant(
        slug=slug, name=name, timezone=timezone, currency=currency, language=language
    )
    tenant.full_clean()
    tenant.save()
    with tenant_scope(tenant.pk):
        record_audit("workspace.created", tenant, after={"slug": slug, "name": name})
    return tenant


@transaction.atomic
def found_workspace(name, *, by, **settings):
    """Create a workspace for a person who becomes its admin; the slug follows the name.

    A taken slug gets a short random ending. `settings` as of `create_tenant`.
    """
    slug = _slug_of(name)
    if Tenant.objects.filter(slug=slug).exists():
        slug = f"{slug}-{secrets.token_hex(3)}"
    tenant = create_tenant(slug, name=name, **settings)
    with tenant_scope(tenant.pk):
        add_member(tenant, user=by, role=Role.ADMIN, by=by)
    return tenant


@transaction.atomic
def change_workspace(tenant, *, by, **changes):
    """Change name, zone, currency, language or openness; audited. Needs the scope.

    `changes` holds new values by field; those equal to the old ones are no change.
    """
    stored = Tenant.objects.select_for_update().get(pk=tenant.pk)
    before = {
        field: getattr(stored, field)
        for field, value in changes.items()
        if getattr(stored, field) != value
    }
    if not before:
        return stored
    for field in before:
        setattr(stored, field, changes[field])
    stored.save(update_fields=list(before))
    after = {field: changes[field] for field in before}
    record_audit("workspace.changed", stored, by=by, before=before, after=after)
    return stored


def _slug_of(name):
    """A web address for a name; Cyrillic is spelled in Latin letters."""
    latin = "".join(LATIN.get(letter, letter) for letter in name.lower())
    return slugify(latin.replace("_", ""))[:50] or "workspace"
