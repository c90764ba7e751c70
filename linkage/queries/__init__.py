"""Reads of the linkage room, by topic."""
