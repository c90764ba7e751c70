"""Visits 探访 of people served, batches that counties set, and private calendar feeds."""

from visits.models.batches import Answer, BatchQuestion, VisitBatch
from visits.models.feeds import CalendarFeed
from visits.models.visits import Visit, VisitAttempt
from visits.vocabulary import AttemptReason, BatchState, Condition, QuestionKind, Source, VisitState

__all__ = [
    "Answer",
    "AttemptReason",
    "BatchQuestion",
    "BatchState",
    "CalendarFeed",
    "Condition",
    "QuestionKind",
    "Source",
    "Visit",
    "VisitAttempt",
    "VisitBatch",
    "VisitState",
]
