"""Reads of the stations room, by page."""
