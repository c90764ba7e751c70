"""Finding an agency by what people type."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.roles import Permission
from agencies.models import Agency
from common.credit_codes import credit_code


def user_by_name(username: str) -> User | None:
    """The account of exactly this name, wherever it lies: an agency's user may have no posting yet."""
    return User.objects.filter(username=username.strip()).first()


def agency_by_text(user: User, text: str) -> Agency | None:
    """By its credit code anywhere in the nation (code and name are public), or by the name of one that `user` sees.

    None when there is none, or several of the name.
    """
    try:
        return Agency.objects.filter(credit_code=credit_code(text, field="code")).select_related("unit").first()
    except ValidationError:
        seen = Agency.objects.visible_to(user, Permission.VIEW_CONTRACTS)
        named = list(seen.filter(name=text.strip()).select_related("unit")[:2])
        return named[0] if len(named) == 1 else None
