"""Pages of the services room."""

from services.views.entry import service_due, service_log
from services.views.listing import service_list
from services.views.record import service_correct, service_detail, service_void

__all__ = ["service_correct", "service_detail", "service_due", "service_list", "service_log", "service_void"]
