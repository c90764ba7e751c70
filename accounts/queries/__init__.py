"""Reads of the accounts room that other rooms use as well."""

from accounts.queries.units import FoundUnit, crumbs, find_units, home_unit, places, unit_in_scope

__all__ = ["FoundUnit", "crumbs", "find_units", "home_unit", "places", "unit_in_scope"]
