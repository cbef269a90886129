from django.core.management.base import BaseCommand

from tenants.management.commands._tenant import tenant_named
from tenants.models import Role, User
from tenants.scoping import tenant_scope
from tenants.services import add_member, create_user


class Command(BaseCommand):
    help = "Makes a person (created if unknown) a member of a workspace."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--tenant", required=True)
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--password")
        parser.add_argument("--name", default="")

    def handle(self, *args, email, tenant, role, password, name, **options):
        tenant = tenant_named(tenant)
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            user = create_user(email, name=name, password=password)
        elif password:
            user.set_password(password)
            user.save()
        with tenant_scope(tenant.pk):
            add_member(tenant, user=user, role=role)
        self.stdout.write(f"{user.email} is {role} of {tenant.slug}")
