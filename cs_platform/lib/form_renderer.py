"""Every form of ours looks the same without a word in the form."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Set as FORM_RENDERER; needs django.forms among the installed apps."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
