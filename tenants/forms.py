from django import forms

from tenants.scoping import current_tenant_id


class TenantModelForm(forms.ModelForm):
    """A form for a row of the tenant in scope: its unique constraints see the tenant."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.tenant_id is None:
            self.instance.tenant_id = current_tenant_id()

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() - {"tenant"}
