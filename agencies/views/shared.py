"""What the pages of this room share: who opens the lists, and what every list shows."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator

from accounts.gate import permitted
from accounts.requests import SignedIn
from accounts.roles import Permission
from agencies.models import is_member

PAGE = 50

# Officials with the right, and the members of an agency: what each sees is for `visible_to` to say.
for_contracts = permitted(Permission.VIEW_CONTRACTS, also=is_member)


def list_context(request: SignedIn, form: Any, rows: Any) -> dict[str, Any]:
    """What every list shows; `page` holds the rows of one page."""
    return {
        "form": form,
        "unit": form.chosen_unit,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "sort": request.GET.get("sort", ""),
        "filtered": any(value for key, value in request.GET.items() if key in form.fields),
        "may_manage": bool(request.user.paths(Permission.MANAGE_CONTRACTS)),
        "today": form.on,
    }
