"""What persons are registered as, said of many files at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from clients.models import Category, ClientCategory
from stations.models.dated import at


def registered_as(keys: Iterable[int], day: date) -> dict[int, list[str]]:
    """File key → what it is registered as on the day, the earliest first; [] for all others. One query, none for no
    keys."""
    keys = list(keys)
    found: dict[int, list[str]] = defaultdict(list)
    rows = ClientCategory.objects.filter(at(day), client__in=keys).order_by("starts_on", "pk")
    for client_id, category in rows.values_list("client_id", "category") if keys else ():
        found[client_id].append(category)
    return found


def categories_in_words(keys: Iterable[int], day: date) -> dict[int, str]:
    """The same in words: “低保、独居”."""
    held = registered_as(keys, day)
    return {key: "、".join(str(Category(value).label) for value in values) for key, values in held.items()}
