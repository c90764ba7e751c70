"""Writes of people's files. Merging, moving, closing and retention stand in modules of their own."""

from clients.actions.consents import give_consent, withdraw_consent
from clients.actions.files import change_file, open_file, reveal_number
from clients.actions.kin import add_contact, add_relation, change_contact, remove_contact, remove_relation
from clients.actions.registrations import end_category, register_category, set_level

__all__ = [
    "add_contact",
    "add_relation",
    "change_contact",
    "change_file",
    "end_category",
    "give_consent",
    "open_file",
    "register_category",
    "remove_contact",
    "remove_relation",
    "reveal_number",
    "set_level",
    "withdraw_consent",
]
