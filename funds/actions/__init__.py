"""Writes of the funds room: verbs, keyword-only, atomic, audited; each locks its fund first (funds.actions.book)."""

from funds.actions.allocations import allocate, confirm_receipt, may_confirm, take_back
from funds.actions.checks import explain_finding, flag_spending, may_check
from funds.actions.funds import (
    add_forbidden_use,
    add_receipt,
    create_fund,
    edit_fund,
    remove_forbidden_use,
    reverse_receipt,
)
from funds.actions.spendings import add_vouchers, record_spending, reverse_spending

__all__ = [
    "add_forbidden_use",
    "add_receipt",
    "add_vouchers",
    "allocate",
    "confirm_receipt",
    "create_fund",
    "edit_fund",
    "explain_finding",
    "flag_spending",
    "may_check",
    "may_confirm",
    "record_spending",
    "remove_forbidden_use",
    "reverse_receipt",
    "reverse_spending",
    "take_back",
]
