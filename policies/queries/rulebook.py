"""Which provision governs a unit on a day, and the due dates that follow (R5, R6, R7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self

from common.paths import ancestors
from common.workdays import OfficialYears
from policies.deadlines import Basis, Due, Subject
from policies.kinds import KINDS
from policies.models import Provision, ProvisionKind
from policies.queries.calendar import official_years

# With more paths than this, naming them costs more than reading every row (SQLite also limits the parameters).
MANY_PATHS = 500


class NoRule(LookupError):
    """No provision governs this; only possible where the shipped defaults were never loaded."""

    def __init__(self, kind: ProvisionKind | str) -> None:
        label = ProvisionKind(kind).label
        super().__init__(f"没有适用的“{label}”规定：请先运行 manage.py load_policies 载入缺省规则")


@dataclass(frozen=True)
class Threshold:
    """The number by which a fault is told (R10). `named_by` is the nearest provision that names the fault; where it
    sets no number, `value` comes from `provision`, the nearest one that does."""

    value: int
    provision: Provision
    named_by: Provision

    @property
    def borrowed(self) -> str:
        """“；数值沿用缺省（无文件）”, to stand before the citation of `named_by` when the number is not its own."""
        return "" if self.provision.pk == self.named_by.pk else f"；数值沿用{self.provision.document.number}"


class RuleBook:
    """The provisions of some units and the calendar, read in two queries; everything after `load` is pure.

    The nearest issuing unit wins, then the nearest governed unit, then the latest in force on the day that the
    obligation arose; a shipped default gives way to any document of the same unit.
    """

    def __init__(self, provisions: Iterable[Provision], years: OfficialYears) -> None:
        self.years = years
        self._rows: dict[tuple[str, str], list[Provision]] = defaultdict(list)
        for provision in provisions:
            self._rows[provision.kind, provision.unit.path].append(provision)

    @classmethod
    def load(cls, paths: Iterable[str] | None = None, *, kinds: Collection[str] = ()) -> Self:
        """The rules for units with these paths (None: for every unit). `kinds`: only these, none of which has a due
        date; the calendar is not read then."""
        rows = Provision.objects.select_related("document__issuer", "unit")
        if kinds:
            rows = rows.filter(kind__in=kinds)
        if paths is not None:
            steps = {step for path in paths for step in ancestors(path)}
            if len(steps) <= MANY_PATHS:
                rows = rows.filter(unit__path__in=steps)
        return cls(rows, OfficialYears() if kinds else official_years())

    def places(self, kind: ProvisionKind | str) -> set[str]:
        """Paths of the units for which rows of `kind` were read: between two of them the rule stays the same."""
        return {path for other, path in self._rows if other == str(kind)}

    def candidates(self, kind: ProvisionKind | str, path: str, on: date) -> list[Provision]:
        """Every provision of `kind` that reaches the unit at `path` and is in force on `on`, the winner first."""
        steps = ancestors(path) if KINDS[ProvisionKind(kind)].inherited else [path]
        rows = [row for step in steps for row in self._rows.get((str(kind), step), ()) if _in_force(row, on)]
        return sorted(rows, key=_rank, reverse=True) if len(rows) > 1 else rows

    def provision(self, kind: ProvisionKind | str, path: str, on: date) -> Provision | None:
        """The one that governs, or None. For kinds with one row for each subject use `all_provisions`."""
        return next(iter(self.candidates(kind, path, on)), None)

    def all_provisions(self, kind: ProvisionKind | str, path: str, on: date) -> list[Provision]:
        """The ones that govern: one for each subject of the kind (the four dimensions, each year's target)."""
        declared = KINDS[ProvisionKind(kind)]
        winners: dict[str, Provision] = {}
        for row in self.candidates(kind, path, on):
            winners.setdefault(declared.subject_of(row.parameters), row)
        return [winners[subject] for subject in declared.in_order(winners)]

    def threshold(self, kind: ProvisionKind | str, path: str, on: date) -> Threshold | None:
        """The number by which fault `kind` is told at `path` on `on`."""
        rows = self.candidates(kind, path, on)
        numbered = next((row for row in rows if row.parameters), None)
        if numbered is None:
            return None
        return Threshold(next(iter(numbered.parameters.values())), numbered, named_by=rows[0])

    def due(self, kind: ProvisionKind, path: str, subject: Subject) -> Due:
        """By when `subject` (a month reported, a day on which something ended) is due at `path`, by the provision in
        force on the day that the obligation arose (R5, R6, R7). `kind` has a deadline. Raises NoRule."""
        deadline = KINDS[kind].deadline
        if deadline is None:
            raise TypeError(f"{kind} sets no deadline")
        row = self.provision(kind, path, deadline.arises(subject))
        if row is None:
            raise NoRule(kind)
        return deadline.due(subject, Basis(row.pk, row.document.number, row.clause, row.parameters, self.years))


def _in_force(row: Provision, on: date) -> bool:
    return (row.in_force_from is None or row.in_force_from <= on) and (row.in_force_to is None or on <= row.in_force_to)


def _rank(row: Provision) -> tuple[int, int, bool, date, date, int]:
    document = row.document
    return (
        len(document.issuer.path),
        len(row.unit.path),
        not document.is_default,
        row.in_force_from or date.min,
        document.issued_on,
        row.pk,
    )
