"""Reads of the policies room: the rule book, targets, the calendar, and what the pages list."""

from policies.queries.calendar import official_years
from policies.queries.in_force import KindInForce, Ruling, in_force
from policies.queries.rulebook import NoRule, RuleBook, Threshold
from policies.queries.targets import Target, coverage_targets, room_targets

__all__ = [
    "KindInForce",
    "NoRule",
    "RuleBook",
    "Ruling",
    "Target",
    "Threshold",
    "coverage_targets",
    "in_force",
    "official_years",
    "room_targets",
]
