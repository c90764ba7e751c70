"""Where a user lands: a worker on today, everyone else on the dashboard of their highest unit."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.gate import open_to_all, permitted
from accounts.models import OrgUnit, User
from accounts.requests import SignedIn
from accounts.roles import PERMISSIONS, Permission, Role


@require_safe
@open_to_all("only sends each user to their own page")
def home(request: SignedIn) -> HttpResponse:
    postings = request.user.current_postings()
    if not postings:
        return render(request, "reporting/no_posting.html")
    if Role(postings[0].role) == Role.STATION_WORKER:
        return redirect("today")
    return redirect("home_dashboard")


@require_safe
@permitted(Permission.VIEW)
def home_dashboard(request: SignedIn) -> HttpResponse:
    """The dashboard of the highest unit that the user may view."""
    return redirect("dashboard", top_unit(request.user).pk)


def top_unit(user: User) -> OrgUnit:
    """The user's highest unit; postings come in that order."""
    return next(p.unit for p in user.current_postings() if Permission.VIEW in PERMISSIONS[Role(p.role)])
