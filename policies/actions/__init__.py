"""Writes of the policies room."""

from policies.actions.loading import Loaded, load_documents, seed_calendar

__all__ = ["Loaded", "load_documents", "seed_calendar"]
