"""Every part of the design system in every state; only where DEBUG is on."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

from django import forms
from django.contrib import messages
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cs_platform import frame
from cs_platform.lib import clock

BANDS = ["green", "amber", "red", "unknown"]
NAMES = ["Nova Logistics", "Алматы Фарм", "Brightpath GmbH", "Kaspi Retail Tools"]
STAGES = ["Preparation", "Initiation", "Negotiation", "Approval", "Decided"]
SCORES = [(91, 4), (65, 7), (38, -12), (None, None)]


class SampleForm(forms.Form):
    name = forms.CharField(help_text="As your customers know it.")
    email = forms.EmailField(required=False)
    role = forms.ChoiceField(choices=[("csm", "CSM"), ("lead", "Team lead")])
    note = forms.CharField(widget=forms.Textarea, required=False)
    scopes = forms.MultipleChoiceField(
        choices=[("read", "Read"), ("write", "Write")],
        widget=forms.CheckboxSelectMultiple,
    )
    is_wanted = forms.BooleanField(label="Send me a mail each morning", required=False)


@require_safe
def styleguide(request):
    now = clock.now()
    if "toast" in request.GET:
        messages.success(request, "Saved.")
        messages.error(request, "The import stopped at line 14.")
    bad = SampleForm({"bad-email": "anna@", "bad-role": "csm"}, prefix="bad")
    bad.is_valid()
    context = {
        "frame": frame.context(request)["frame"] | _frame(),
        "now": now,
        "bands": BANDS,
        "stages": STAGES,
        "rows": _rows(now),
        "form": SampleForm(),
        "bad_form": bad,
        "figure": _figure(),
        "share": Decimal("0.973"),
        "ago": [now - timedelta(minutes=m) for m in (0, 7, 180, 5000, 90000)],
        "days": [now.date() + timedelta(days=d) for d in (-40, -1, 0, 1, 12, 95)],
    }
    return render(request, "styleguide/page.html", context)


def _rows(now):
    return [
        SimpleNamespace(
            name=name,
            band=band,
            score=score,
            change=change,
            owner=["Anna Petrova", "Daniyar S.", "Mia Köhler", ""][index],
            mrr=Decimal("12500") * (index + 1) + index * Decimal("0.5"),
            ends_on=now.date() + timedelta(days=17 * index + 3),
            seen_at=now - timedelta(hours=9 * index + 1),
            users=[((day * 7 + index * 13) % 11) + day // 4 for day in range(30)],
            seats=[80, 24, 60, 100][index],
            active=[61, 25, 9, 0][index],
        )
        for index, (name, band, (score, change)) in enumerate(
            zip(NAMES, BANDS, SCORES, strict=True)
        )
    ]


def _frame():
    words = [(word, key, icon) for _name, icon, word, key in frame.MENU]
    return {
        "menu": [
            frame.Entry("#", icon, word, key, is_here=key == "a")
            for word, key, icon in words
        ],
        "workspace": "Nova Analytics",
        "workspaces": [
            frame.Workspace("Nova Analytics", "#", is_here=True),
            frame.Workspace("Almaty Cloud", "#", is_here=False),
        ],
        "unread": 3,
        "search_url": "#",
        "notices_url": "#",
    }


def _figure():
    months = [f"2026-{month:02}-01" for month in range(1, 12)]
    parts = [("New", "1", 12), ("Expansion", "6", 7), ("Churn", "5", -4)]
    return {
        "data": [
            {
                "type": "bar",
                "name": name,
                "meta": {"tone": tone},
                "x": months,
                "y": [top + (index * 5) % 4 for index in range(len(months))],
            }
            for name, tone, top in parts
        ],
        "layout": {
            "barmode": "relative",
            "yaxis": {"tickprefix": "$", "ticksuffix": "k"},
            "xaxis": {"tickformat": "%b"},
        },
    }
