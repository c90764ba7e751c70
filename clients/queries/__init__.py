"""Reads of people's files. Higher rooms use `picker` (whom a form offers), `usable` and `files_of`."""

from clients.queries.persons import files_of
from clients.queries.picker import usable

__all__ = ["files_of", "usable"]
