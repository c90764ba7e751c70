"""Reads of the standards room, by topic."""
