"""What is in force for a unit on a day."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gate import permitted, scoped
from accounts.models import OrgUnit
from accounts.requests import SignedIn
from accounts.roles import Permission
from policies.forms import DayForm
from policies.queries import in_force
from policies.views.shared import tabs


@require_safe
@permitted(Permission.VIEW)
def rules_home(request: SignedIn) -> HttpResponse:
    """To the rules of the user's own unit, the highest one."""
    unit = OrgUnit.objects.visible_to(request.user).order_by("level", "path").values_list("pk", flat=True).first()
    query = request.GET.urlencode()
    return redirect(reverse("unit_rules", args=[unit]) + (f"?{query}" if query else ""))


@require_safe
@scoped(OrgUnit, Permission.VIEW)
def unit_rules(request: SignedIn, unit: OrgUnit) -> HttpResponse:
    form = DayForm(request.GET if request.GET.get("on") else None, initial={"on": timezone.localdate()})
    on = form.day()
    above = OrgUnit.objects.ancestors_of(unit)
    seen = set(OrgUnit.objects.ancestors_of(unit).visible_to(request.user).values_list("pk", flat=True))
    crumbs = [
        {"label": step.name, "url": reverse("unit_rules", args=[step.pk]) if step.pk in seen else None}
        for step in above
        if step.pk != unit.pk
    ]
    context = {
        "tabs": tabs("rules_home"),
        "unit": unit,
        "on": on,
        "form": form,
        "kinds": in_force(unit, on),
        "below": unit.children.live(on).visible_to(request.user).order_by("path"),
        "crumbs": [*crumbs, {"label": unit.name}] if crumbs else [],
    }
    return render(request, "policies/unit_rules.html", context)
