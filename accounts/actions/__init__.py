"""Writes of the accounts room."""

from accounts.actions.load import LoadResult, UnknownUnitCode, load_units
from accounts.actions.seal import seal_events
from accounts.actions.units import add_unit
from accounts.actions.users import (
    add_posting,
    change_own_password,
    create_user,
    edit_user,
    end_posting,
    manageable_by,
    reset_password,
    set_active,
)

__all__ = [
    "LoadResult",
    "UnknownUnitCode",
    "add_posting",
    "add_unit",
    "change_own_password",
    "create_user",
    "edit_user",
    "end_posting",
    "load_units",
    "manageable_by",
    "reset_password",
    "seal_events",
    "set_active",
]
