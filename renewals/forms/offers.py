"""What people type into an offer, and into the template of all of them."""

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.calendar import PlannedDateInput
from cs_platform.lib.pictures import NotAPicture
from renewals.models import Offer, OfferTemplate, OfferWording
from renewals.offering.pictures import picture_of
from renewals.offering.pricing import MONTHLY, MOST_LINES, ONCE, Line
from worklist.forms import DateInput

LOGO_BYTES = 512 * 1024
# Empty rows at the end: there is always one to write in.
EMPTY_ROWS = 2


class OfferForm(forms.ModelForm):
    """The words and the term of a draft."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Offer
        fields = [
            "language",
            "valid_until",
            "starts_on",
            "term_months",
            "seats",
            "tax_percent",
            "value",
            "note",
        ]
        widgets = {
            "valid_until": PlannedDateInput,
            "starts_on": DateInput,
            "value": forms.Textarea(attrs={"rows": 3}),
            "note": forms.Textarea(attrs={"rows": 2}),
        }
        labels = {
            "language": _("Language"),
            "valid_until": _("Valid until"),
            "starts_on": _("New term from"),
            "term_months": _("Term, months"),
            "seats": _("Seats"),
            "tax_percent": _("Tax, %"),
            "value": _("What the customer got of it"),
            "note": _("Note below the prices"),
        }
        help_texts = {
            "tax_percent": _("Empty: no tax is shown."),
            "value": _("In your words; the account's figures stand above them."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["revision"] = self.instance.revision

    def clean(self):
        said = super().clean()
        starts_on, until = said.get("starts_on"), said.get("valid_until")
        if starts_on and until and until > starts_on + timedelta(days=366):
            self.add_error("valid_until", _("That is long after the new term begins."))
        return said

    def said(self) -> dict:
        """The fields of the offer, as the service takes them."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}


class LineForm(forms.Form):
    """One line: what, how many, at which price, more or less how much."""

    title = forms.CharField(label=_("Item"), max_length=300, required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    period = forms.ChoiceField(
        label=_("Paid"),
        choices=[(MONTHLY, _("a month")), (ONCE, _("once"))],
        required=False,
    )
    quantity = forms.DecimalField(
        label=_("Quantity"),
        max_digits=10,
        decimal_places=2,
        min_value=0,
        required=False,
    )
    price = forms.DecimalField(
        label=_("Price"), max_digits=12, decimal_places=2, min_value=0, required=False
    )
    uplift = forms.DecimalField(
        label=_("Uplift, %"),
        max_digits=5,
        decimal_places=2,
        min_value=Decimal(-100),
        max_value=Decimal(999),
        required=False,
    )
    discount = forms.DecimalField(
        label=_("Discount, %"),
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=100,
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = field.label
            if name not in ("title", "note", "period"):
                field.widget.attrs["inputmode"] = "decimal"

    def clean(self):
        said = super().clean()
        if said.get("title"):
            for name in ("quantity", "price"):
                if said.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Say how much."))
        elif said.get("price") or said.get("note"):
            self.add_error("title", _("Say what it is."))
        return said

    def line(self) -> Line | None:
        said = self.cleaned_data
        if not said.get("title"):
            return None
        return Line(
            title=said["title"],
            note=said["note"],
            period=said["period"] or MONTHLY,
            quantity=said["quantity"],
            price=said["price"],
            uplift=said["uplift"] or Decimal(0),
            discount=said["discount"] or Decimal(0),
        )


class Lines(forms.BaseFormSet):
    """The lines of an offer; a row without an item is none."""

    def lines(self) -> list[Line]:
        return [line for form in self.forms if (line := form.line())]


LinesForm = forms.formset_factory(
    LineForm,
    formset=Lines,
    extra=EMPTY_ROWS,
    max_num=MOST_LINES,
    absolute_max=MOST_LINES,
    validate_max=True,
)


class AnswerForm(forms.Form):
    state = forms.ChoiceField(
        choices=[(s, s.label) for s in (Offer.State.ACCEPTED, Offer.State.DECLINED)]
    )


class TemplateForm(forms.ModelForm):
    """How all offers of the workspace look."""

    picture = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG or JPEG, up to 512 KB and 4,000 pixels a side."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    no_logo = forms.BooleanField(label=_("Remove the logo"), required=False)

    class Meta:
        model = OfferTemplate
        fields = ["company", "requisites", "colour", "validity_days", "tax_percent"]
        widgets = {
            "requisites": forms.Textarea(attrs={"rows": 3}),
            "colour": forms.TextInput(attrs={"type": "color"}),
        }
        labels = {
            "company": _("Your company"),
            "requisites": _("Address and requisites"),
            "colour": _("Colour"),
            "validity_days": _("Valid for, days"),
            "tax_percent": _("Tax, %"),
        }
        help_texts = {"tax_percent": _("Empty: no tax is shown.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.logo is None:
            del self.fields["no_logo"]

    def clean_picture(self):
        upload = self.cleaned_data["picture"]
        if not upload:
            return None
        if upload.size > LOGO_BYTES:
            raise forms.ValidationError(_("The picture is larger than 512 KB."))
        try:
            return picture_of(upload.read())
        except NotAPicture:
            raise forms.ValidationError(
                _("This is no PNG or JPEG picture that we can print.")
            ) from None


class WordingForm(forms.ModelForm):
    """What all offers of the workspace say, in one language."""

    class Meta:
        model = OfferWording
        fields = ["title", "opening", "terms", "closing", "signature"]
        widgets = {
            name: forms.Textarea(attrs={"rows": 3})
            for name in ("opening", "terms", "closing", "signature")
        }
        labels = {
            "title": _("Title"),
            "opening": _("Opening words"),
            "terms": _("Terms"),
            "closing": _("Closing words"),
            "signature": _("Signature"),
        }
