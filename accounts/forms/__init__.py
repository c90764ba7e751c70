"""Forms of the accounts room; `UnitField` is for all rooms."""

from accounts.forms.unit_field import UnitField

__all__ = ["UnitField"]
