"""Reads of the agencies room."""
