from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_GET

from renewals.forecasting.deals import AUTO, COUNTED, WHO
from renewals.queries import forecast as queries
from renewals.queries.weeks import deals_of
from renewals.views.forecast import (
    CASES,
    PARTS,
    ROWS,
    WORDS,
    deals_word,
    page,
    query,
    read,
    shown,
    written,
)
from tenants.access import member_required


@require_GET
@member_required
def move_list(request):
    """What moved between two forecasts of a quarter, deal by deal."""
    view, filters, ground, deals = read(request)
    weeks = queries.weeks_to_compare(ground.on)
    since = written(filters["since"]) or queries.last_weeks(weeks, ground.on)
    until = written(filters["until"])
    who = filters["who"] or AUTO
    then = deals_of(until) if until else deals
    moved = queries.moved_since(since, then, view, who) if since else None
    lines = _lines(moved, filters["part"]) if moved else []
    part = Paginator(lines, ROWS).get_page(request.GET.get("page"))
    context = page(request, view, filters, ground) | {
        "since": since,
        "until": until,
        "weeks": weeks,
        "who": who,
        "who_word": WORDS[who],
        "moved": moved,
        "parts": _parts(moved, view, filters, since, until),
        "part": filters["part"],
        "part_word": PARTS.get(filters["part"], ""),
        "page": part,
        "rows": _rows(request, part),
    }
    return render(request, "renewals/forecast/moves.html", context)


@require_GET
@member_required
def accuracy(request):
    """What was foretold when quarters began, against what became of them."""
    view, filters, ground, deals = read(request)
    found = [
        {
            "track": track,
            "who": [_told(track, who, view, filters) for who in WHO],
            "slipped_url": _url(track, view, filters, part="slipped"),
            "moved_url": _url(track, view, filters),
            "won_url": _won_url(track, view, filters),
            "begun_url": _begun_url(track, view, filters),
            "slipped_share": _share(track),
            "begun_words": deals_word(track.begun.count),
        }
        for track in queries.tracks(view, ground, deals)
    ]
    context = page(request, view, filters, ground) | {"tracks": found}
    return render(request, "renewals/forecast/accuracy.html", context)


def _told(track, who, view, filters):
    """What one of them said, each figure with the query of its deals."""
    figure = track.begun.figures[who]
    return {
        "word": WORDS[who],
        "cells": [
            (
                CASES[case],
                getattr(figure, case),
                _begun_url(track, view, filters, who=who, case=case),
            )
            for case in COUNTED
        ],
        "error": track.error(who),
    }


def _share(track):
    return track.slipped.value / track.begun.value if track.begun.value else None


def _begun_url(track, view, filters, **more):
    asked = {"quarter": str(track.quarter), "since": track.opening.week, "until": ""}
    return query(view, filters, **asked, **more)


def _won_url(track, view, filters):
    """As it was written when the quarter was over, or as it stands now."""
    week = track.closing.week if track.closing else ""
    asked = {"quarter": str(track.quarter), "since": week, "until": ""}
    return query(view, filters, **asked, only="won")


def _url(track, view, filters, **more):
    asked = {
        "quarter": str(track.quarter),
        "since": track.opening.week,
        "until": track.closing and track.closing.week,
    }
    return query(view, filters, **asked, **more)


def _parts(moved, view, filters, since, until):
    if moved is None:
        return []
    days = {"since": since.week, "until": until.week if until else ""}
    return [
        (
            kind,
            PARTS[kind],
            deals_word(len(moved.of(kind))),
            amount,
            query(view, filters, part=kind, **days),
        )
        for kind, amount in moved.sums.items()
    ]


def _lines(moved, kind):
    """Each deal with its parts; of one kind, only that part of it. The largest first."""
    chosen = moved.of(kind) if kind else list(moved.moved)
    lines = []
    for one in chosen:
        parts = [p for p in one.parts if not kind or p.kind == kind]
        words = ", ".join(str(PARTS[part.kind]) for part in parts)
        lines.append((one, words, sum(part.amount for part in parts)))
    lines.sort(key=lambda line: (-abs(line[2]), str(line[0].deal.renewal_id)))
    return lines


def _rows(request, lines):
    rows = shown(request, [one.deal for one, _words, _sum in lines])
    return [
        row | {"was": one.was, "now": one.now, "words": words, "sum": total}
        for row, (one, words, total) in zip(rows, lines, strict=True)
    ]
