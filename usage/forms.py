from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.forms import TenantModelForm
from usage.models import Feature, Quarantine, Source


class SourceForm(TenantModelForm):
    class Meta:
        model = Source
        fields = ["name"]
        labels = {"name": _("Name")}
        help_texts = {"name": _("What sends the events: “Web app”, “Back end”.")}


class FeatureForm(TenantModelForm):
    class Meta:
        model = Feature
        fields = ["label", "is_key", "is_error", "is_hidden"]
        labels = {
            "label": _("Label"),
            "is_key": _("Key feature"),
            "is_error": _("Error"),
            "is_hidden": _("Hidden"),
        }
        help_texts = {
            "label": _("Shown instead of the name its events carry."),
            "is_key": _("Its adoption counts for health."),
            "is_error": _("Its events are errors that people met: health counts them."),
            "is_hidden": _("Not shown on accounts; it is counted all the same."),
        }


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(
        queryset=Feature.objects.none(),
        required=False,
        label=_("Counts as"),
        empty_label=_("itself"),
    )

    def __init__(self, *args, feature, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = Feature.objects.exclude(pk=feature.pk).order_by(
            "name"
        )


class ChoiceForm(forms.Form):
    """The rows ticked in a list."""

    entry = forms.ModelMultipleChoiceField(
        queryset=Quarantine.objects.none(), required=False
    )

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["entry"].queryset = rows
