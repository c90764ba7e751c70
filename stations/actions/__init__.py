"""Writes of the stations room, by topic."""

from stations.actions.careers import add_certificate, employ, end_employment, end_posting, post_worker
from stations.actions.stations import Basics, create_station, edit_station
from stations.actions.status import record_dimension, record_status, withdraw_status
from stations.actions.withdraw import withdraw_certificate, withdraw_check, withdraw_employment, withdraw_posting
from stations.actions.workers import create_worker, edit_worker, take_over_worker

__all__ = [
    "Basics",
    "add_certificate",
    "create_station",
    "create_worker",
    "edit_station",
    "edit_worker",
    "employ",
    "end_employment",
    "end_posting",
    "post_worker",
    "record_dimension",
    "record_status",
    "take_over_worker",
    "withdraw_certificate",
    "withdraw_check",
    "withdraw_employment",
    "withdraw_posting",
    "withdraw_status",
]
