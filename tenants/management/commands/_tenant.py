from django.core.management.base import CommandError

from tenants.models import Tenant


def tenant_named(slug):
    """The workspace of that slug; a CommandError says which there are."""
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        known = ", ".join(
            Tenant.objects.order_by("slug").values_list("slug", flat=True)[:20]
        )
        raise CommandError(f"No workspace '{slug}'. There are: {known or 'none yet'}.")
    return tenant
