"""What people choose and write in a report, and for whom its address is."""

from django import forms
from django.utils.translation import gettext_lazy as _

from qbr.figures import sections as parts


class SectionsForm(forms.Form):
    """A switch and words for each section, in their order; a button moves one."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    # Of the button that was pressed: a section, and where to.
    going = forms.RegexField(r"^[a-z]+:-?1\Z", required=False, widget=forms.HiddenInput)

    def __init__(self, report, data=None):
        super().__init__(data, initial={"seen": report.revision})
        self.kept = parts.arranged(report.sections)
        for one in self.kept:
            key = one["key"]
            self.fields[f"on_{key}"] = forms.BooleanField(
                required=False, label=parts.TITLES[key], initial=one["is_on"]
            )
            self.fields[f"words_{key}"] = forms.CharField(
                required=False,
                max_length=parts.MOST_WORDS,
                initial=one["words"],
                label=_("Your words"),
                widget=forms.Textarea(attrs={"rows": 2}),
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
                "words": self[f"words_{key}"],
                # The cover stays where it is and has its promises, no words.
                "has_words": key != parts.FIRST,
                "may_rise": place > 1,
                "may_sink": 0 < place < last,
            }

    @property
    def revision(self) -> int:
        return self.cleaned_data["seen"]

    @property
    def move(self) -> str:
        return self.cleaned_data["going"]

    @property
    def moved(self) -> str:
        """The section that was moved."""
        return self.move.split(":")[0]

    def sections(self) -> list[dict]:
        """As they are to be kept."""
        said = self.cleaned_data
        found = [
            {
                "key": one["key"],
                "is_on": said[f"on_{one['key']}"],
                "words": said[f"words_{one['key']}"],
            }
            for one in self.kept
        ]
        if not self.move:
            return found
        key, by = self.move.split(":")
        return parts.moved(found, key, int(by))


class LinkForm(forms.Form):
    """For whom an address is, and for how long."""

    label = forms.CharField(max_length=200, required=False, label=_("For whom"))
    days = forms.IntegerField(
        min_value=1, max_value=365, initial=30, label=_("Works for so many days")
    )
