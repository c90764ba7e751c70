"""Writes of the standards room, by topic."""

from standards.actions.checks import Found, save_check, withdraw_check
from standards.actions.holdings import add_holding, edit_holding, end_holding
from standards.actions.items import ItemDraft, as_draft, tightening
from standards.actions.judging import judge_due, judge_station
from standards.actions.loading import load_default
from standards.actions.stages import confirm_stage, decide_stage, propose_due, propose_stage, withdraw_stage
from standards.actions.standards import drop_item, end_standard, issue_standard, set_item

__all__ = [
    "Found",
    "ItemDraft",
    "add_holding",
    "as_draft",
    "confirm_stage",
    "decide_stage",
    "drop_item",
    "edit_holding",
    "end_holding",
    "end_standard",
    "issue_standard",
    "judge_due",
    "judge_station",
    "load_default",
    "propose_due",
    "propose_stage",
    "save_check",
    "set_item",
    "tightening",
    "withdraw_check",
    "withdraw_stage",
]
