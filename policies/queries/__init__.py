"""Reads of the policies room: the rule book, targets, the calendar, and what the pages list."""

from policies.queries.calendar import official_years
from policies.queries.rulebook import NoRule, RuleBook, Threshold
from policies.queries.targets import Target, coverage_targets, room_targets

__all__ = ["NoRule", "RuleBook", "Target", "Threshold", "coverage_targets", "official_years", "room_targets"]
