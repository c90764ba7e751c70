"""Where a unit lies, in a few words."""

from __future__ import annotations

from accounts.models import Level, OrgUnit


def place_of(unit: OrgUnit) -> str:
    """The two levels above the unit, counties and lower: 榆次区 · 北关街道. Reads unit.parent and its parent."""
    above = [unit.parent.parent, unit.parent] if unit.parent and unit.parent.parent else [unit.parent]
    lowest = Level.COUNTY if unit.level > Level.COUNTY else Level.PROVINCE
    return " · ".join(step.name for step in above if step and not step.is_virtual and step.level >= lowest)
