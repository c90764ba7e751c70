"""Saying where units lie, and hiding those outside a user's scope."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import OrgUnit, User
from accounts.roles import Permission
from common.paths import ancestors, within

OUTSIDE = "管辖范围以外"


def names_between(units: Iterable[tuple[int, str, str]], below: str = "") -> dict[int, str]:
    """Unit id → the units that stand between the one with path `below` and the unit: “榆次区 › 北关街道”. One query.

    `units` are (id, path, name). What the unit's own name begins with is left out at the end: 北关街道社工站 lies
    in 榆次区.
    """
    units = list(units)
    steps = {key: [step for step in ancestors(path)[1:-1] if len(step) > len(below)] for key, path, _ in units}
    wanted = {step for path in steps.values() for step in path}
    names = dict(OrgUnit.objects.filter(path__in=wanted).order_by().values_list("path", "name"))
    found = {}
    for key, _, name in units:
        above = [names[step] for step in steps[key]]
        if above and name.startswith(above[-1]):
            above.pop()
        found[key] = " › ".join(above)
    return found


class Scope:
    """What a user sees: asked for each row, so it reads the postings once."""

    def __init__(self, user: User, permission: Permission = Permission.VIEW) -> None:
        self.tops = user.paths(permission)

    def __contains__(self, unit: OrgUnit) -> bool:
        return any(within(unit.path, top) for top in self.tops)

    def name(self, unit: OrgUnit) -> str:
        return unit.name if unit in self else OUTSIDE
