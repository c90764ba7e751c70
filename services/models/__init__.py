"""Service records 服务记录, whom they name, their templates, and the month lock (R6, R13, R20)."""

from services.models.months import MonthLock
from services.models.people import ServiceClient
from services.models.records import ServiceRecord, ServiceWorker
from services.models.review import EntryWarning, ServiceReview
from services.models.templates import ServiceTemplate
from services.vocabulary import ADMINISTRATIVE, Domain, Doubt, FocusGroup, Method, Nature, ReviewState

__all__ = [
    "ADMINISTRATIVE",
    "Domain",
    "Doubt",
    "EntryWarning",
    "FocusGroup",
    "Method",
    "MonthLock",
    "Nature",
    "ReviewState",
    "ServiceClient",
    "ServiceRecord",
    "ServiceReview",
    "ServiceTemplate",
    "ServiceWorker",
]
