"""Reads of the visits room."""
