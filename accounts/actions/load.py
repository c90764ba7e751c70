"""Loading the nation's units from the compact list; repeatable, and never moving what is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.initials import initials_of
from accounts.models import AuditEvent, FormerCode, OrgUnit, User
from accounts.units_file import FormerRow, Row
from common.paths import STEP, child

BATCH = 2000


class UnknownUnitCode(ValueError):
    """No unit of the list bears this code."""


@dataclass
class LoadResult:
    """What a load did: numbers of units, and those that need a person's eye by name."""

    added: int = 0
    renamed: int = 0
    recoded: int = 0
    closed: int = 0
    former_codes: int = 0
    unchanged: int = 0
    elsewhere: list[str] = field(default_factory=list)  # the list has them under another parent: left where they are
    gone: int = 0  # in the database with a source, but not in the list any more: left as they are


def pick(rows: list[Row], under: str | None) -> list[Row]:
    """The subtree of `under` with its ancestors; everything for None. Raises UnknownUnitCode."""
    if under is None:
        return rows
    by_code = {row.code: row for row in rows}
    if under not in by_code:
        raise UnknownUnitCode(f"没有代码为 {under} 的单位")
    chosen = {under}
    for row in rows:  # parents come before children
        if row.parent in chosen:
            chosen.add(row.code)
    step = by_code[under]
    while step.parent:
        chosen.add(step.parent)
        step = by_code[step.parent]
    return [row for row in rows if row.code in chosen]


class _Loader:
    def __init__(self, rows: list[Row], all_rows: list[Row], former: list[FormerRow], by: User | None) -> None:
        self.rows, self.by, self.former = rows, by, former
        self.result = LoadResult()
        self.listed = {row.code for row in all_rows}
        self.last_number: dict[str, int] = defaultdict(int)
        for row in all_rows:
            self.last_number[row.parent] = max(self.last_number[row.parent], row.number)
        self.units = {unit.code: unit for unit in OrgUnit.objects.exclude(code=None)}
        self.used: dict[int | None, set[int]] = defaultdict(set)
        for parent_id, path in OrgUnit.objects.values_list("parent_id", "path"):
            self.used[parent_id].add(int(path[-STEP:]))
        self.events: list[AuditEvent] = []
        self.changed: dict[int, OrgUnit] = {}
        self.unlisted: dict[tuple[int | None, str], OrgUnit] = {}
        self.former_names: list[FormerCode] = []

    def run(self) -> LoadResult:
        self._follow_new_codes()
        self.unlisted = {
            (unit.parent_id, unit.name): unit
            for unit in self.units.values()
            if unit.source and unit.code not in self.listed
        }
        levels: dict[int, list[Row]] = defaultdict(list)
        for row in self.rows:
            levels[row.level].append(row)
        for level in sorted(levels):  # a level at a time: children need their parents' keys
            self._load_level(levels[level])
        OrgUnit.objects.bulk_update(
            self.changed.values(), ["name", "initials", "code", "stats_code", "source", "closed_on"], batch_size=200
        )
        self._load_former_codes()
        self.result.gone = sum(1 for unit in self.units.values() if unit.source and unit.code not in self.listed)
        if self.result.added:
            counts = {"新增单位": [None, self.result.added], "新增历史代码": [None, self.result.former_codes]}
            root = self.units[self.rows[0].code]
            self.events.append(audit.event(by=self.by, verb="载入区划", target=root, unit=root, changes=counts))
        AuditEvent.objects.bulk_create(self.events, batch_size=BATCH)
        return self.result

    def _load_level(self, rows: Iterable[Row]) -> None:
        new = []
        for row in rows:
            if row.code in self.units:
                self._update(self.units[row.code], row)
            elif (unit := self._same_name_under_new_code(row)) is not None:
                self._recode(unit, row.code)
                self._update(unit, row)
            else:
                new.append(self._make(row))
        for unit in OrgUnit.objects.bulk_create(new, batch_size=BATCH):
            self.units[unit.code] = unit
        self.result.added += len(new)

    def _number(self, row: Row, parent: OrgUnit | None) -> int:
        """The row's place in the whole list, so that a part loaded first and the rest later stand in the list's order.

        A place that is taken (the list grew in the middle, or someone added a unit by hand) is passed over.
        """
        used = self.used[parent.pk if parent else None]
        number = row.number
        if number in used:
            number = max(*used, self.last_number[row.parent]) + 1
        used.add(number)
        return number

    def _make(self, row: Row) -> OrgUnit:
        parent = self.units[row.parent] if row.parent else None
        return OrgUnit(
            parent=parent,
            path=child(parent.path if parent else "", self._number(row, parent)),
            level=row.level,
            code=row.code,
            stats_code=row.stats_code,
            name=row.name,
            initials=initials_of(row.name),
            is_virtual=row.is_virtual,
            source=row.source,
            closed_on=row.closed_on,
        )

    def _update(self, unit: OrgUnit, row: Row) -> None:
        if row.parent and unit.parent_id != self.units[row.parent].pk:
            self.result.elsewhere.append(f"{row.code} {row.name}")
            return
        closing = row.closed_on is not None and unit.closed_on is None
        if (unit.name, unit.stats_code, unit.source) == (row.name, row.stats_code, row.source) and not closing:
            self.result.unchanged += 1
            return
        before = audit.state(unit)
        if unit.name != row.name:
            self._remember(unit, unit.code or "", unit.name)
            unit.name, unit.initials = row.name, initials_of(row.name)
            self.result.renamed += 1
        if closing:
            # It lived until now in this database: closing it in the past would move figures that were published.
            unit.closed_on = timezone.localdate()
            self.result.closed += 1
        unit.stats_code, unit.source = row.stats_code, row.source
        self.changed[unit.pk] = unit
        changes = audit.changes(before, audit.state(unit))
        self.events.append(audit.event(by=self.by, verb="更新单位", target=unit, unit=unit, changes=changes))

    def _remember(self, unit: OrgUnit, code: str, name: str) -> None:
        self.former_names.append(FormerCode(unit=unit, code=code, name=name, changed_on=str(timezone.localdate().year)))

    def _recode(self, unit: OrgUnit, row_code: str) -> None:
        old = unit.code or ""
        self._remember(unit, old, unit.name)
        self.events.append(
            audit.event(by=self.by, verb="更换区划代码", target=unit, unit=unit, changes={"code": [old, row_code]})
        )
        del self.units[old]
        unit.code = row_code
        self.units[row_code] = unit
        self.changed[unit.pk] = unit
        self.result.recoded += 1

    def _follow_new_codes(self) -> None:
        """A unit here whose code the list has replaced keeps its path and takes the new code (太谷县 → 太谷区)."""
        wanted = {row.code for row in self.rows}
        for former in self.former:
            unit = self.units.get(former.code)
            if (
                former.same
                and unit is not None
                and unit.name == former.name
                and former.code not in self.listed
                and former.current in wanted
                and former.current not in self.units
            ):
                self._recode(unit, former.current)

    def _same_name_under_new_code(self, row: Row) -> OrgUnit | None:
        """Townships get new codes with their county, and no list tells them: same parent and name is the same unit."""
        if not row.parent or row.closed_on:
            return None
        return self.unlisted.pop((self.units[row.parent].pk, row.name), None)

    def _load_former_codes(self) -> None:
        known = set(FormerCode.objects.values_list("code", "name", "unit_id"))
        new = []
        for former in self.former:
            unit = self.units.get(former.current)
            if unit is not None and (former.code, former.name, unit.pk) not in known:
                known.add((former.code, former.name, unit.pk))
                new.append(FormerCode(unit=unit, code=former.code, name=former.name, changed_on=former.changed_on))
        for row in self.former_names:
            if (row.code, row.name, row.unit_id) not in known:
                known.add((row.code, row.name, row.unit_id))
                new.append(row)
        FormerCode.objects.bulk_create(new, batch_size=BATCH)
        self.result.former_codes = len(new)


@transaction.atomic
def load_units(*, by: User | None, rows: list[Row], former: list[FormerRow], under: str | None = None) -> LoadResult:
    """Bring the tree to the list.

    New units are appended, names and codes updated with their history; nothing is deleted or moved.
    `under` (12 digits) takes the ancestors and the subtree of that unit only. Raises UnknownUnitCode.
    """
    chosen = pick(rows, under)
    # Of two loads at once the second waits here, then finds the units there.
    list(OrgUnit.objects.select_for_update().filter(parent=None))
    return _Loader(chosen, rows, former, by).run()
