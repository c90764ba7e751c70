"""Reads of the reporting room, by topic."""
