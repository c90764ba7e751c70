"""What was changed on a row, by whom and when, for those who work with it."""

from __future__ import annotations

from django.db import models
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.links import url_or_empty
from accounts.queries.audit import events_of, everything_of, page
from accounts.requests import SignedIn
from accounts.roles import Permission


def _cursor(request: SignedIn, name: str) -> int | None:
    """An event's id, or None when the parameter is missing or senseless: the first page then."""
    raw = request.GET.get(name, "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else None


def history_page(
    request: SignedIn, target: models.Model, *, title: str, back: tuple[str, int], whole: bool = False
) -> HttpResponse:
    """The events of `target` within the user's scope, the latest first. No addresses: those are for auditors.

    `whole`: also those outside it, of a row that has moved here, or whose reader holds no posting at its place.
    """
    label = target._meta.label_lower
    events = everything_of(target) if whole else events_of(target, request.user, Permission.VIEW)
    shown = page(events, request.user, after=_cursor(request, "after"), before=_cursor(request, "before"))
    keyset = {"next_cursor": shown.next_cursor, "previous_cursor": shown.previous_cursor, "shown": len(shown.lines)}
    url = reverse(back[0], args=[back[1]])
    context = {
        "audit_url": url_or_empty("audit_target", label, target.pk)
        if request.user.paths(Permission.VIEW_AUDIT)
        else "",
        "lines": shown.lines,
        "keyset": keyset,
        "title": title,
        "back": url,
        "crumbs": [{"label": title, "url": url}, {"label": "变更历史"}],
    }
    return render(request, "accounts/history.html", context)
