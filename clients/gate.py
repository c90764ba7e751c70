"""Who reads files of people served: those posted with the permission, and supervisors of the station today.

Officials above a township hold no such permission: they see counts. Models of higher rooms whose rows tell of a person
use `SupervisedQuerySet` and `SupervisedModel` too.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.gate import GatedQuerySet, may, path_of
from accounts.roles import Permission
from common.paths import below
from stations.models import Station, SupervisorAssignment

# What a supervisor 督导 may do at the stations assigned to them, whatever their own posting.
SUPERVISING = frozenset({Permission.VIEW, Permission.VIEW_CLIENTS, Permission.COMMENT_CASES})


def supervised_stations(user: Any) -> QuerySet[SupervisorAssignment, int]:
    """Keys of the stations that the user supervises today, as themselves or as a worker."""
    rows: Any = SupervisorAssignment.objects.all()
    held = rows.at(timezone.localdate()).filter(Q(user=user.pk) | Q(worker__user=user.pk))
    return held.order_by().values_list("station_id", flat=True)


def supervises(user: Any) -> bool:
    """Is the user a supervisor of any station today? For `permitted(…, also=supervises)` and the menu.

    One query for each time that the user was loaded: the menu asks for every entry.
    """
    if not hasattr(user, "_supervises"):
        user._supervises = supervised_stations(user).exists()
    return user._supervises


def _posted(user: Any, *permissions: Permission) -> Q:
    condition = Q(pk__in=[])
    for path in sorted({path for permission in permissions for path in user.paths(permission)}):
        condition |= below("unit__path", path)
    return condition


def stations_read(user: Any, permission: Permission) -> QuerySet[Any]:
    """Keys of the stations whose people's files the user may use with `permission`."""
    condition = _posted(user, permission)
    if permission in SUPERVISING:
        condition |= Q(pk__in=supervised_stations(user))
    return Station.objects.filter(condition).order_by().values("pk")


def _reach(user: Any, *permissions: Permission) -> Any:
    """The same keys for any of the permissions, as a union. Before an OR of ranges and keys PostgreSQL expects half of
    all stations, and reads every row; of a union's parts it knows how few they are."""
    posted = Station.objects.filter(_posted(user, *permissions)).order_by().values("pk")
    if not SUPERVISING.intersection(permissions):
        return posted
    return posted.union(supervised_stations(user).values("station_id"), all=True)


class SupervisedQuerySet(GatedQuerySet):
    """Rows of stations that supervisors see too. `station` is the lookup of the row's station."""

    gate = "station__unit__path"
    station: ClassVar[str] = "station"

    def visible_to(self, user: Any, permission: Permission = Permission.VIEW, *others: Permission) -> Self:
        """To who holds any of the permissions. Rows that tell of nobody by themselves are seen by who reads records,
        and by supervisors: `visible_to(user, VIEW_RECORDS, VIEW_CLIENTS)`, never an OR of two of these (`_reach`)."""
        return self.filter(**{f"{self.station}__in": _reach(user, permission, *others)})


class SupervisedModel:
    """`allows` for the gate: the posting's permission at the row's place, or supervision of its station."""

    def allows(self, user: Any, permission: Permission) -> bool:
        if may(user, permission, path_of(self)):
            return True
        return permission in SUPERVISING and self.supervised_station_id in set(supervised_stations(user))

    @property
    def supervised_station_id(self) -> int:
        return self.station_id  # type: ignore[attr-defined]
