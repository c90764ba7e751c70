"""Writes of the linkage room, by topic. Lock order: station (or unit), then the row."""

from linkage.actions.meetings import (
    TaskFacts,
    add_task,
    edit_meeting,
    finish_task,
    record_meeting,
    reopen_task,
    withdraw_meeting,
)
from linkage.actions.organisations import edit_organisation, end_organisation, register_organisation
from linkage.actions.referrals import (
    edit_referral,
    last_step,
    open_referral,
    take_back_step,
    take_step,
    withdraw_referral,
)
from linkage.actions.resources import hand_out, receive_donation, withdraw_donation, withdraw_handout
from linkage.actions.taking_part import set_taking_part
from linkage.actions.volunteers import edit_volunteer, leave_volunteer, register_volunteer, return_volunteer

__all__ = [
    "TaskFacts",
    "add_task",
    "edit_meeting",
    "edit_organisation",
    "edit_referral",
    "edit_volunteer",
    "end_organisation",
    "finish_task",
    "hand_out",
    "last_step",
    "leave_volunteer",
    "open_referral",
    "receive_donation",
    "record_meeting",
    "register_organisation",
    "register_volunteer",
    "reopen_task",
    "return_volunteer",
    "set_taking_part",
    "take_back_step",
    "take_step",
    "withdraw_donation",
    "withdraw_handout",
    "withdraw_meeting",
    "withdraw_referral",
]
