"""Finding units, and saying where they lie."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import BooleanField, Case, IntegerField, Q, QuerySet, Value, When
from django.http import Http404

from accounts.links import unit_url
from accounts.models import FormerCode, Level, OrgUnit, User
from accounts.roles import Permission
from common.paths import ancestors

LONGEST_QUERY = 40
SHORT_LEVEL = {0: "全国", 1: "省", 2: "市", 3: "县", 4: "乡镇", 5: "站点"}


@dataclass(frozen=True)
class FoundUnit:
    """A hit as templates/components/unit_results.html shows it."""

    id: int
    name: str
    level: str
    path: str  # “山西省 › 晋中市”, with the former name or code that was hit
    url: str
    code: str
    closed: bool

    @property
    def label(self) -> str:
        return f"{self.name}（{self.path}）" if self.path else self.name


def home_unit(user: User) -> OrgUnit | None:
    """The unit where the user stands: that of the highest current posting."""
    postings = user.current_postings()
    return postings[0].unit if postings else None


def crumbs(user: User, unit: OrgUnit, *, here: bool = False) -> list[dict[str, str]]:
    """From the province down to the unit, `{label, url}`; the url is empty above the user's scope.

    `here`: the page is the unit's own, so its crumb has no url. The nation shows only to who may see it. One query.
    """
    tops = user.paths()
    steps = []
    for step in OrgUnit.objects.ancestors_of(unit):
        visible = any(step.path.startswith(top) for top in tops)
        if step.level == Level.NATION and not visible and step.pk != unit.pk:
            continue
        linked = visible and not (here and step.pk == unit.pk)
        steps.append({"label": step.name, "url": unit_url(step.pk) if linked else ""})
    return steps


def places(units: Iterable[OrgUnit]) -> dict[int, str]:
    """Unit id → where it lies, from the province down to its parent: “山西省 › 晋中市”. One query for all."""
    units = list(units)
    above = {path for unit in units for path in ancestors(unit.path)[1:-1]}
    names = dict(OrgUnit.objects.filter(path__in=above).values_list("path", "name")) if above else {}
    return {unit.pk: " › ".join(names[path] for path in ancestors(unit.path)[1:-1] if path in names) for unit in units}


def unit_in_scope(user: User, raw: object, permission: Permission = Permission.VIEW) -> OrgUnit | None:
    """The unit of a `unit` parameter (a key as text): None when it is empty, Http404 when it is not in scope."""
    if raw in (None, ""):
        return None
    try:
        return OrgUnit.objects.visible_to(user, permission).get(pk=int(str(raw)))
    except (ValueError, OverflowError, OrgUnit.DoesNotExist):
        raise Http404("没有这个单位，或不在您的管辖范围内") from None


def clean_query(q: str) -> str:
    """Half-width, without spaces and NUL, at most 40 characters."""
    return "".join(unicodedata.normalize("NFKC", q).split()).replace("\x00", "")[:LONGEST_QUERY]


def matching(units: QuerySet[OrgUnit], q: str) -> QuerySet[OrgUnit]:
    """Of `units`, those that `q` (cleaned) hits by name, initials, code, or a former name or code; best first."""
    if q.isascii() and q.isdigit():
        former = Q(code__startswith=q)
        hits = [Q(code=q.ljust(12, "0")), Q(code__startswith=q), Q(stats_code__startswith=q)]
    else:
        former = Q(name__contains=q)
        hits = [Q(name=q), Q(name__startswith=q), Q(name__contains=q)]
        if q.isascii():
            lower = q.lower()
            hits = [Q(initials=lower), Q(initials__startswith=lower), *hits]
    # Once, not for each row: 4,000 former codes against 42,000 units.
    hits.append(Q(pk__in=FormerCode.objects.filter(former).values("unit_id")))
    anything = hits[0]
    for hit in hits[1:]:
        anything |= hit
    rank = Case(*(When(hit, then=Value(n)) for n, hit in enumerate(hits)), output_field=IntegerField())
    closed = Case(When(closed_on=None, then=False), default=True, output_field=BooleanField())
    return units.filter(anything).annotate(rank=rank, is_closed=closed).order_by("is_closed", "rank", "level", "path")


def found(units: Iterable[OrgUnit], q: str = "") -> list[FoundUnit]:
    """Units as hits, with where they lie and the former name or code that `q` hit. Two queries."""
    units = list(units)
    where = places(units)
    before: dict[int, str] = {}
    if q and units:
        for former in FormerCode.objects.filter(unit__in=units).order_by("id"):
            if former.code.startswith(q) or q in former.name:
                before.setdefault(former.unit_id, f"原 {former.name} {former.code[:6]}")
    return [
        FoundUnit(
            id=unit.pk,
            name=unit.name,
            level=unit.closed_label or SHORT_LEVEL[unit.level],
            path=" · ".join(filter(None, [where[unit.pk], "" if q in unit.name else before.get(unit.pk, "")])),
            url=unit_url(unit.pk),
            code=unit.code or "",
            closed=unit.closed_on is not None,
        )
        for unit in units
    ]


def find_units(
    user: User,
    q: str,
    limit: int = 20,
    *,
    permission: Permission = Permission.VIEW,
    levels: Iterable[int] | None = None,
    live: bool = False,
) -> list[FoundUnit]:
    """The best hits within the user's scope for that permission; three queries however many. Empty for an empty `q`.

    `levels` and `live` (only units not closed) narrow it for pickers.
    """
    q = clean_query(q)
    if not q:
        return []
    units = OrgUnit.objects.visible_to(user, permission)
    if levels is not None:
        units = units.filter(level__in=list(levels))
    if live:
        units = units.filter(closed_on=None)
    return found(matching(units, q)[:limit], q)
