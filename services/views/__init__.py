"""Pages of the services room."""

from services.views.entry import service_due, service_log
from services.views.listing import service_list
from services.views.people import service_people
from services.views.record import service_correct, service_detail, service_void
from services.views.review import service_answer, service_review, service_review_many
from services.views.submit import service_submit, service_waiting
from services.views.templates import service_last_week, template_add, template_delete, template_edit, template_list

__all__ = [
    "service_answer",
    "service_correct",
    "service_detail",
    "service_due",
    "service_last_week",
    "service_list",
    "service_log",
    "service_people",
    "service_review",
    "service_review_many",
    "service_submit",
    "service_void",
    "service_waiting",
    "template_add",
    "template_delete",
    "template_edit",
    "template_list",
]
