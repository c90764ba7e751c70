"""Writes of the visits room."""

from visits.actions.batches import (
    close_batch,
    discard_batch,
    extend_batch,
    matching,
    remove_question,
    save_batch,
    save_question,
    start_batch,
)
from visits.actions.feeds import create_feed, hashed, note_use, revoke_feed
from visits.actions.fulfilling import follow, make_visit
from visits.actions.planning import plan, plan_all
from visits.actions.visits import arrange_visit, cancel_visit, note_attempt, plan_visit, refuses_plan, write_result

__all__ = [
    "arrange_visit",
    "cancel_visit",
    "close_batch",
    "create_feed",
    "discard_batch",
    "extend_batch",
    "follow",
    "hashed",
    "make_visit",
    "matching",
    "note_attempt",
    "note_use",
    "plan",
    "plan_all",
    "plan_visit",
    "refuses_plan",
    "remove_question",
    "revoke_feed",
    "save_batch",
    "save_question",
    "start_batch",
    "write_result",
]
