"""Writes of the agencies room."""

from agencies.actions.agencies import (
    blacklist,
    create_agency,
    edit_agency,
    grant_grade,
    lift_blacklisting,
    withdraw_grade,
)
from agencies.actions.contracts import create_contract, edit_contract, terminate_contract, withdraw_contract
from agencies.actions.evaluations import (
    Marker,
    ToCorrect,
    add_correction,
    complete_correction,
    finalise,
    open_evaluation,
    record_scores,
    withdraw_evaluation,
)
from agencies.actions.frames import Item, Line, create_frame, end_frame
from agencies.actions.members import add_member, end_member, sync_postings
from agencies.actions.procurements import (
    conclude_procurement,
    create_procurement,
    open_procurement,
    withdraw_outcome,
)
from agencies.actions.promises import (
    Instalment,
    Promised,
    by_percent,
    mark_paid,
    set_payments,
    set_promises,
    withdraw_paid,
)
from agencies.actions.workers import adopt_employments, employ_by_agency

__all__ = [
    "Instalment",
    "Item",
    "Line",
    "Marker",
    "Promised",
    "ToCorrect",
    "add_correction",
    "add_member",
    "adopt_employments",
    "blacklist",
    "by_percent",
    "complete_correction",
    "conclude_procurement",
    "create_agency",
    "create_contract",
    "create_frame",
    "create_procurement",
    "edit_agency",
    "edit_contract",
    "employ_by_agency",
    "end_frame",
    "end_member",
    "finalise",
    "grant_grade",
    "lift_blacklisting",
    "mark_paid",
    "open_evaluation",
    "open_procurement",
    "record_scores",
    "set_payments",
    "set_promises",
    "sync_postings",
    "terminate_contract",
    "withdraw_contract",
    "withdraw_evaluation",
    "withdraw_grade",
    "withdraw_outcome",
    "withdraw_paid",
]
