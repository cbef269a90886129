from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services import KINDS
from integrations import reading, tabular
from integrations.models import ImportRun

# Of a row about a contract, no column of it: from when what the row says is to run.
EFFECTIVE_ON = "effective_on"
LABELS = {
    "external_id": _("Id in your system"),
    "account": _("Account (its id)"),
    "name": _("Name"),
    "domain": _("Domain"),
    "lifecycle_stage": _("Stage"),
    "tier": _("Touch"),
    "segment": _("Segment"),
    "owner": _("Owner (e-mail)"),
    "industry": _("Industry"),
    "country": _("Country"),
    "language": _("Language"),
    "customer_since": _("Customer since"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "title": _("Position"),
    "roles": _("Roles"),
    "plan": _("Plan"),
    "starts_on": _("First day"),
    "ends_on": _("Ends on"),
    "mrr": _("MRR"),
    "currency": _("Currency"),
    "seats": _("Seats"),
    "auto_renew": _("Renews by itself"),
    "notice_days": _("Notice, days"),
    "notice_unit": _("Counted in"),
    "term_months": _("For how many months"),
    "uplift_percent": _("Yearly rise, %"),
    "notice_given_on": _("Notice given on"),
    EFFECTIVE_ON: _("These terms run from"),
    "amount": _("Amount"),
    "issued_on": _("Issued on"),
    "due_on": _("Due on"),
    "paid_on": _("Paid on"),
    "requester": _("Who asked"),
    "subject": _("Subject"),
    "category": _("Category"),
    "severity": _("Severity"),
    "status": _("Status"),
    "opened_at": _("Opened"),
    "solved_at": _("Solved"),
    "csat": _("CSAT, 1 to 5"),
    "tone": _("Tone, −2 to 2"),
}
# Kept as they come, under the columns' own names: not a field to be named.
UNMAPPED = ("custom",)


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is in the file"), choices=ImportRun.Kind)
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("With a header line. Up to 10 MB and 100,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        required=False,
        choices=[("", _("Find out")), *((name, name) for name in tabular.ENCODINGS)],
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > tabular.MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB."))
        return file


class MappingForm(forms.Form):
    """For each field of the kind: the column that says it, or one value for all rows."""

    day_order = forms.ChoiceField(
        label=_("Days are written"),
        required=False,
        choices=[
            ("", _("As the file tells")),
            (reading.DAY_FIRST, _("day first: 31.01.2026")),
            (reading.MONTH_FIRST, _("month first: 01/31/2026")),
        ],
    )

    def __init__(self, *args, run: ImportRun, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = KINDS[run.kind]
        self.names = [name for name in self.kind.columns if name not in UNMAPPED]
        if run.kind == ImportRun.Kind.CONTRACT:
            self.names.append(EFFECTIVE_ON)
        columns = [("", "–"), *((column, column) for column in run.header)]
        for name in self.names:
            source = run.mapping.get(name, {})
            self.fields[f"column_{name}"] = forms.ChoiceField(
                label=LABELS[name],
                required=False,
                choices=columns,
                initial=source.get("column", ""),
            )
            self.fields[f"value_{name}"] = forms.CharField(
                label=_("%s for every row") % LABELS[name],
                required=False,
                max_length=200,
                initial=source.get("value", self._usual(name, source, currency)),
            )
        if run.kind == ImportRun.Kind.ACCOUNT:
            self.fields["keeps_rest"] = forms.BooleanField(
                label=_("Keep the other columns as custom fields"),
                required=False,
                initial=run.keeps_rest,
            )

    def rows(self):
        """The lines of the mapping: the field, whether it is needed, its two inputs."""
        for name in self.names:
            needed = name in ("external_id", *self.kind.required)
            yield LABELS[name], needed, self[f"column_{name}"], self[f"value_{name}"]

    def clean(self):
        mapping = {}
        for name in self.names:
            column = self.cleaned_data.get(f"column_{name}")
            value = self.cleaned_data.get(f"value_{name}", "").strip()
            if column:
                mapping[name] = {"column": column}
            elif value and name != "external_id":
                mapping[name] = {"value": value}
            elif name in ("external_id", *self.kind.required):
                self.add_error(
                    f"column_{name}", _("Say which column of line 1 this is.")
                )
        self.mapping = mapping

    def _usual(self, name, source, currency):
        return currency if name == "currency" and not source else ""
