"""People served: how many different ones, by category and focus group (R13); files open and newly opened.

Whoever two stations served counts once in their county: the source is `distinct`. Officials see these numbers alone.
"""

from __future__ import annotations

from functools import partial

from django.db.models import Q, QuerySet

from clients.models import Category, FocusGroup
from reporting.facets import Facet
from reporting.indicators import Direction, Group, Indicator, Records, Topic
from reporting.measures import Source
from reporting.measures.aggregates import count
from reporting.measures.parameters import DAY, FIRST, MONTH
from reporting.words import Kept, first_files, kept_files
from services.models import ServiceClient
from stations.models.dated import at


def _served() -> QuerySet:
    return ServiceClient.objects.valid().filter(month=MONTH).values("station_id")


def _registered() -> QuerySet:
    """The same, once for each category that the file bears on the day."""
    return ServiceClient.objects.valid().filter(at(DAY, "client__categories__"), month=MONTH).values("station_id")


def _files() -> QuerySet:
    return kept_files(DAY).values("station_id")


def _opened() -> QuerySet:
    return first_files(FIRST, DAY).values("station_id")


SERVED = Source("people", "服务对象（去重）", _served, distinct="person_id")
REGISTERED = Source("people_registered", "服务对象类别（去重）", _registered, distinct="person_id", among=SERVED)
NAMED = Source("people_contacts", "服务对象人次", _registered, flow=True)
FILES = Source("client_files", "服务对象档案", _files)
OPENED = Source("client_files_opened", "新建服务对象档案", _opened, flow=True)

OF_CATEGORY = {category: Q(client__categories__category=category.value) for category in Category}
FOCUSED = {group: Q(**{group.value: True}) for group in FocusGroup}

MEASURES = [
    *SERVED.people(
        ("people", "服务对象人数", None),
        *((f"people_{group.value}", f"{group.label}服务对象人数", FOCUSED[group]) for group in FocusGroup),
    ),
    *REGISTERED.people(
        *((f"people_{category.value}", f"{category.label}服务对象人数", OF_CATEGORY[category]) for category in Category)
    ),
    *NAMED.counts(
        *(
            (f"people_contacts_{category.value}", f"{category.label}服务人次", count(OF_CATEGORY[category]))
            for category in Category
        )
    ),
    *FILES.counts(("client_files", "在档服务对象", count())),
    *OPENED.counts(("client_files_opened", "新建档案", count())),
]

HIGHER = Direction.HIGHER
indicator = partial(Indicator, group=Group.PEOPLE)
people = partial(Records.of, "people_served")

# key, label, unit, numerator, denominator, direction, clause, records
# fmt: off
INDICATORS = [
    indicator("people", "服务对象人数（去重）", "人", "people", None, HIGHER,
              "R13 服务对象", people()),
    indicator("client_files", "在档服务对象", "人", "client_files", None, Direction.NONE,
              "R19 服务对象档案", people(kept=Kept.OPEN.value)),
    indicator("client_files_opened", "本月新建档案", "份", "client_files_opened", None, Direction.NONE,
              "R19 服务对象档案", people(kept=Kept.OPENED.value)),
]
# fmt: on
INDICATORS += [
    indicator(
        f"people_{group.value}",
        f"{group.label}（去重人数）",
        "人",
        f"people_{group.value}",
        None,
        HIGHER,
        "R13 一老一小一孤一困",
        people(focus=group.value),
        facet=Facet.PEOPLE,
    )
    for group in FocusGroup
]  # fmt: skip
INDICATORS += [
    indicator(
        f"{key}_{category.value}", f"{category.label}（{label}）", unit, f"{key}_{category.value}", None, HIGHER,
        "R13 服务对象类别", people(category=category.value), facet=Facet.CATEGORY,
    )
    for category in Category
    for key, unit, label in (("people", "人", "去重人数"), ("people_contacts", "人次", "人次"))
]  # fmt: skip

TOPIC = Topic(MEASURES, INDICATORS)
