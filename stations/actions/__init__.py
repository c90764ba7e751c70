"""Writes of the stations room, by topic."""

from stations.actions.acceptance import Finding, record_acceptance, withdraw_acceptance
from stations.actions.careers import employ, end_employment, end_posting, leave, post_worker
from stations.actions.certificates import add_certificate, renew_certificate
from stations.actions.merits import evaluate_worker, grant_reward
from stations.actions.plans import (
    MilestoneFacts,
    finish_milestone,
    place_stations,
    remove_milestone,
    reopen_milestone,
    save_milestone,
    save_plan,
)
from stations.actions.stations import Basics, create_station, edit_station
from stations.actions.status import record_status, withdraw_status
from stations.actions.supervision import assign_supervisor, end_supervision
from stations.actions.titles import apply_for_title, decide_title, withdraw_title
from stations.actions.trainings import edit_training, record_training, set_attendance, withdraw_training
from stations.actions.withdraw import (
    withdraw_certificate,
    withdraw_employment,
    withdraw_evaluation,
    withdraw_posting,
    withdraw_renewal,
    withdraw_reward,
    withdraw_supervision,
)
from stations.actions.workers import create_worker, edit_worker, reveal_id_number, take_over_worker

__all__ = [
    "Basics",
    "Finding",
    "MilestoneFacts",
    "add_certificate",
    "apply_for_title",
    "assign_supervisor",
    "create_station",
    "create_worker",
    "decide_title",
    "edit_station",
    "edit_training",
    "edit_worker",
    "employ",
    "end_employment",
    "end_posting",
    "end_supervision",
    "evaluate_worker",
    "finish_milestone",
    "grant_reward",
    "leave",
    "place_stations",
    "post_worker",
    "record_acceptance",
    "record_status",
    "record_training",
    "remove_milestone",
    "renew_certificate",
    "reopen_milestone",
    "reveal_id_number",
    "save_milestone",
    "save_plan",
    "set_attendance",
    "take_over_worker",
    "withdraw_acceptance",
    "withdraw_certificate",
    "withdraw_employment",
    "withdraw_evaluation",
    "withdraw_posting",
    "withdraw_renewal",
    "withdraw_reward",
    "withdraw_status",
    "withdraw_supervision",
    "withdraw_title",
    "withdraw_training",
]
