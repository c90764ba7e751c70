"""When the next visit of a person is due: pure, from their level, the days that count, and the provisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from policies.deadlines import Basis, Due
from policies.kinds.visits import Since, next_visit
from policies.models import Provision, ProvisionKind
from policies.queries import RuleBook

# The shortest and longest wait that a worker may choose after a visit that came to nothing.
SOONEST, LATEST = 1, 180


@dataclass(frozen=True)
class Standing:
    """What is known of a person with a follow-up level: the days on which the file opened at its station, on which the
    level was set, and on which they were last visited (None: never)."""

    level: int
    opened_on: date
    levelled_on: date
    visited_on: date | None

    @property
    def since(self) -> tuple[date, Since]:
        """The latest of the three. On one day a visit says more than a level, and a level more than the opening."""
        days = [(self.opened_on, 0, Since.OPENED), (self.levelled_on, 1, Since.LEVELLED)]
        if self.visited_on is not None:
            days.append((self.visited_on, 2, Since.VISITED))
        day, _, since = max(days, key=lambda each: each[:2])
        return day, since


class Intervals:
    """The provisions of VISIT_INTERVAL on one day: asked for thousands of people, it answers each place once."""

    def __init__(self, rules: RuleBook, today: date) -> None:
        self.rules, self.today = rules, today
        self._known: dict[str, Mapping[int, Provision]] = {}

    @classmethod
    def on(cls, today: date) -> Intervals:
        """One query."""
        return cls(RuleBook.load(kinds=[ProvisionKind.VISIT_INTERVAL]), today)

    def at(self, path: str) -> Mapping[int, Provision]:
        """Level → its provision, at the place."""
        if path not in self._known:
            rows = self.rules.all_provisions(ProvisionKind.VISIT_INTERVAL, path, self.today)
            self._known[path] = {int(row.parameters["level"]): row for row in rows}
        return self._known[path]

    def days(self, path: str, level: int) -> int | None:
        row = self.at(path).get(level)
        return row.parameters["days"] if row else None

    def due(self, path: str, standing: Standing) -> Due | None:
        """By when the person is to be visited; None where no provision governs the level."""
        row = self.at(path).get(standing.level)
        if row is None:
            return None
        basis = Basis(row.pk, row.document.number, row.clause, row.parameters)
        return next_visit(standing.level, *standing.since, basis)


def counts_from(standing: Standing) -> date:
    """The first day on which a service makes the visit: after the last one, else from the day that asked for it."""
    day, since = standing.since
    return date.fromordinal(day.toordinal() + 1) if since is Since.VISITED else day
