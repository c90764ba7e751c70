"""Data shipped with the room."""
