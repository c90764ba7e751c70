"""Adding one unit to the tree."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.initials import initials_of
from accounts.models import Level, OrgUnit
from common.paths import STEP, child


@transaction.atomic
def add_unit(
    *,
    parent: OrgUnit | None,
    name: str,
    code: str | None = None,
    initials: str = "",
    is_virtual: bool = False,
    opened_on: date | None = None,
) -> OrgUnit:
    """Append a unit below `parent` (None: the nation) with the next free path. The caller leaves the audit event.

    Initials come from the name unless given. Raises ValueError below a station.
    """
    initials = initials or initials_of(name)
    if parent is None:
        return OrgUnit.objects.create(
            parent=None, path=child("", 1), level=Level.NATION, name=name, code=code, initials=initials
        )
    if parent.level >= Level.STATION:
        raise ValueError("站点之下不能再设单位")
    OrgUnit.objects.select_for_update().get(pk=parent.pk)  # two additions at once take different numbers
    last = OrgUnit.objects.filter(parent=parent).order_by("-path").values_list("path", flat=True).first()
    return OrgUnit.objects.create(
        parent=parent,
        path=child(parent.path, int(last[-STEP:]) + 1 if last else 1),
        level=parent.level + 1,
        name=name,
        code=code,
        initials=initials,
        is_virtual=is_virtual,
        opened_on=opened_on,
    )
