"""What a user may read of rows of this room beyond that they exist."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from accounts.models import User
from accounts.roles import Permission
from clients.gate import stations_read
from common.paths import within
from linkage.models import DonorKind
from stations.models import Station


class Reads:
    """Asked for each row, so it reads the postings once; the stations (a worker's, a supervisor's) in one query."""

    def __init__(self, user: User, *, exporting: bool = False) -> None:
        """`exporting`: only what may leave the system, by postings alone; supervising gives no such right."""
        user = user.narrowed_to(Permission.EXPORT_CLIENTS) if exporting else user
        self.user, self.exporting = user, exporting
        self._tops = user.paths(Permission.VIEW_CLIENTS)

    def people_at(self, path: str) -> bool:
        """Names of volunteers, and of people who gave, at the unit with this path."""
        return any(within(path, top) for top in self._tops)

    @cached_property
    def stations(self) -> set[int]:
        """Keys of the stations whose people served the user reads."""
        if self.exporting:
            return set(Station.objects.visible_to(self.user, Permission.VIEW_CLIENTS).values_list("pk", flat=True))
        return set(stations_read(self.user, Permission.VIEW_CLIENTS).values_list("pk", flat=True))

    def donor(self, donation: Any) -> str:
        """Who gave: an organisation by name, a person by name only to who reads names there."""
        kind = DonorKind(donation.donor_kind)
        if kind == DonorKind.ORGANISATION or (kind == DonorKind.PERSON and self.people_at(donation.unit.path)):
            return donation.donor
        return {DonorKind.PERSON: "爱心人士", DonorKind.ANONYMOUS: "匿名"}.get(kind, "")
