"""Who sees the rows of this room: officials by their postings, an agency's members their own agency's rows.

Postings as agency manager do not count here: by them a member would see another agency's contract with the station.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.db.models import Q
from django.utils import timezone

from accounts.gate import GatedQuerySet, may
from accounts.roles import PERMISSIONS, Permission, Role

MEMBER_RIGHTS = frozenset({Permission.VIEW, Permission.VIEW_CONTRACTS})


def official_paths(user: Any, permission: Permission) -> list[str]:
    """The places of `user.paths(permission)` without those of agency managers."""
    return [
        posting.unit.path
        for posting in user.current_postings()
        if posting.role != Role.AGENCY_MANAGER and permission in PERMISSIONS[Role(posting.role)]
    ]


def own_agencies(user: Any) -> frozenset[int]:
    """Keys of the agencies of which `user` is a member today; read once for a request.

    No query for those who hold another role: an official is never a member (agencies.actions.members).
    """
    if any(posting.role != Role.AGENCY_MANAGER for posting in user.current_postings()):
        return frozenset()
    if not hasattr(user, "_agencies"):
        today = timezone.localdate()
        current = user.agency_memberships.filter(Q(ends_on=None) | Q(ends_on__gt=today), starts_on__lte=today)
        user._agencies = frozenset(current.values_list("agency_id", flat=True))
    return user._agencies


def is_member(user: Any) -> bool:
    """Is `user` a member of any agency today?"""
    return bool(own_agencies(user))


class OwnedQuerySet(GatedQuerySet):
    """Adds the members' rows to those of the officials. `agency` is the lookup of the agency's key."""

    agency: ClassVar[str] = "agency_id"

    def visible_to(self, user: Any, permission: Permission = Permission.VIEW) -> Self:
        """Rows of the subtrees where `user` is an official with `permission`, and those of the user's own agency.

        To manage a row takes the permission where it is kept, not only where it is seen.
        """
        paths = official_paths(user, permission)
        if permission == Permission.MANAGE_CONTRACTS:
            return self.kept_in(paths)
        seen = self.in_paths(paths)
        own = own_agencies(user) if permission in MEMBER_RIGHTS else frozenset()
        return seen | self.of_members(own) if own else seen

    def kept_in(self, paths: Iterable[str]) -> Self:
        """Rows that a unit in any of the subtrees keeps: the file of an agency, the purchase of a buyer."""
        return GatedQuerySet.in_paths(self, paths)

    def of_members(self, own: frozenset[int]) -> Self:
        """What the members of these agencies see."""
        return self.filter(**{f"{self.agency}__in": own})


def owned(lookup: str, agency: str = "agency_id") -> Any:
    """Manager of a model whose place in the tree is `lookup` and whose agency's key is `agency`."""
    queryset: Any = type("OwnedQuerySet", (OwnedQuerySet,), {"gate": lookup, "agency": agency})
    return queryset.as_manager()


class Owned:
    """`allows` of a model of this room (accounts.gate.allowed). It is managed at `managed_at`, seen at `gate_paths`."""

    def owner_id(self) -> int | None:
        """The key of the agency whose row this is."""
        raise NotImplementedError

    def managed_at(self) -> str:
        """The path of the unit that keeps the row."""
        raise NotImplementedError

    def gate_paths(self) -> list[str]:
        """Every path where the row is seen."""
        return [self.managed_at()]

    def allows(self, user: Any, permission: Permission) -> bool:
        if permission in MEMBER_RIGHTS and self.owner_id() in own_agencies(user):
            return True
        if permission == Permission.MANAGE_CONTRACTS:
            return may(user, permission, self.managed_at())
        return any(may(user, permission, path) for path in self.gate_paths())
