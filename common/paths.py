"""Paths of the org tree: fixed-width steps, so that "everything below X" is one range of an index."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

STEP = 4
END = "~"  # sorts after every digit
MAX_DEPTH = 6


def ancestors(path: str) -> list[str]:
    """Paths from the root down to and including `path`."""
    return [path[:n] for n in range(STEP, len(path) + 1, STEP)]


def child(path: str, number: int) -> str:
    """The path of child `number` (1–9999) of `path`; ValueError when the width is exhausted."""
    if not 1 <= number < 10**STEP:
        raise ValueError(f"child number {number} does not fit into {STEP} digits")
    return f"{path}{number:0{STEP}d}"


def within(path: str, top: str) -> bool:
    """Is `path` the unit `top` or below it?"""
    return path.startswith(top)


def below(field: str, path: str) -> Q:
    """Rows whose `field` (a lookup ending in a path column) lies in the subtree of `path`, itself included."""
    return Q(**{f"{field}__gte": path, f"{field}__lt": path + END})


class PathField(models.CharField):
    """A path column. On PostgreSQL it has the "C" collation: with any other, a range does not mean a prefix."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = STEP * MAX_DEPTH
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def db_parameters(self, connection: Any) -> Any:
        parameters = super().db_parameters(connection)
        parameters["collation"] = "C" if connection.vendor == "postgresql" else None
        return parameters
