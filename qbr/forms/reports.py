"""What people choose and write in a report, and for whom its address is."""

from django import forms
from django.utils.translation import gettext_lazy as _

from qbr.figures import sections as parts


class BeginningForm(forms.Form):
    """A switch for each section, in their order; a button moves one."""

    # Of the button that was pressed: a section, and where to.
    going = forms.RegexField(r"^[a-z]+:-?1\Z", required=False, widget=forms.HiddenInput)

    def __init__(self, sections, data=None, **options):
        super().__init__(data, **options)
        self.kept = parts.arranged(sections)
        for one in self.kept:
            key = one["key"]
            self.fields[f"on_{key}"] = forms.BooleanField(
                required=False, label=parts.TITLES[key], initial=one["is_on"]
            )

    def rows(self):
        """Each section with its fields, in order."""
        last = len(self.kept) - 1
        for place, one in enumerate(self.kept):
            key = one["key"]
            yield {
                "key": key,
                "title": parts.TITLES[key],
                "is_on": self[f"on_{key}"],
                # The cover stays where it is.
                "may_rise": place > 1,
                "may_sink": 0 < place < last,
            }

    @property
    def move(self) -> str:
        return self.cleaned_data["going"]

    @property
    def moved(self) -> str:
        """The section that was moved."""
        return self.move.split(":")[0]

    def sections(self) -> list[dict]:
        """As they are to be kept."""
        found = [self.said(one["key"]) for one in self.kept]
        if not self.move:
            return found
        key, by = self.move.split(":")
        return parts.moved(found, key, int(by))

    def said(self, key) -> dict:
        return {"key": key, "is_on": self.cleaned_data[f"on_{key}"]}


class SectionsForm(BeginningForm):
    """The same of one report, with words for each section.

    `quotes`: what people wrote, by the id of the answer; none goes into the report
    unless it is ticked.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, report, data=None, *, quotes=()):
        super().__init__(report.sections, data, initial={"seen": report.revision})
        for one in self.kept:
            self.fields[f"words_{one['key']}"] = forms.CharField(
                required=False,
                max_length=parts.MOST_WORDS,
                initial=one["words"],
                label=_("Your words"),
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        (quoting,) = (one for one in self.kept if one["key"] == parts.QUOTING)
        self.fields["picked"] = forms.MultipleChoiceField(
            required=False,
            choices=quotes,
            initial=quoting.get("picked", []),
            label=_("Words of people that go into the report"),
            widget=forms.CheckboxSelectMultiple,
        )

    def rows(self):
        for row in super().rows():
            # The cover has its promises, no words.
            yield row | {
                "picked": self["picked"] if row["key"] == parts.QUOTING else None,
                "words": self[f"words_{row['key']}"],
                "has_words": row["key"] != parts.FIRST,
            }

    @property
    def revision(self) -> int:
        return self.cleaned_data["seen"]

    def said(self, key) -> dict:
        found = super().said(key) | {"words": self.cleaned_data[f"words_{key}"]}
        if key == parts.QUOTING:
            found["picked"] = self.cleaned_data["picked"]
        return found


class LinkForm(forms.Form):
    """For whom an address is, and for how long."""

    label = forms.CharField(max_length=200, required=False, label=_("For whom"))
    days = forms.IntegerField(
        min_value=1, max_value=365, initial=30, label=_("Works for so many days")
    )
