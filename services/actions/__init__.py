"""Writes of the services room."""

from services.actions.entry import PHOTO, correct_entry, log_entry
from services.actions.months import lock_month, unlock_month
from services.actions.records import MAX_WORKERS, SERVING, MonthLocked, correct_service, log_service, void_service
from services.actions.review import answer_review, review_many, review_service
from services.actions.templates import delete_template, save_template

__all__ = [
    "MAX_WORKERS",
    "PHOTO",
    "SERVING",
    "MonthLocked",
    "answer_review",
    "correct_entry",
    "correct_service",
    "delete_template",
    "lock_month",
    "log_entry",
    "log_service",
    "review_many",
    "review_service",
    "save_template",
    "unlock_month",
    "void_service",
]
