"""Addresses of pages that higher rooms provide, by URL name. Empty while a name is not there."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse


def url_or_empty(name: str, *args: Any) -> str:
    """The address of the URL name, or "" when the URLconf has none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def unit_url(unit_id: int) -> str:
    """The unit's dashboard."""
    return url_or_empty("dashboard", unit_id)


def home_url() -> str:
    """Where a user lands after sign-in."""
    return url_or_empty("home") or "/"
