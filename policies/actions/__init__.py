"""Writes of the policies room."""

from policies.actions.calendar import enter_year
from policies.actions.documents import add_document, add_provision, end_provision
from policies.actions.loading import Loaded, load_documents, seed_calendar

__all__ = ["Loaded", "add_document", "add_provision", "end_provision", "enter_year", "load_documents", "seed_calendar"]
