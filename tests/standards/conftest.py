"""A fixed today, the default standard, a paper for each authority, and ways to fill in a check."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import OrgUnit
from policies.actions import add_document
from policies.models import PolicyDocument
from standards.actions import Found, ItemDraft, issue_standard, load_default, save_check
from standards.effective import Item, ItemKind
from standards.models import Check, CheckKind, Standard
from standards.queries.in_force import StandardBook
from stations.models import Station

AREA = ItemDraft(
    code="AREA", dimension="HARDWARE", name="服务场地面积", kind="NUMBER", unit_word="平方米", minimum=40, weight=3,
    necessary=True, clause="三(一)", order=10,
)  # fmt: skip
ROOM = ItemDraft(
    code="CASE_ROOM", dimension="HARDWARE", name="个案室", kind="CHOICE", options=("没有", "合用", "单设"), least=1,
    weight=2, necessary=False, clause="三(一)", order=30,
)  # fmt: skip
PLATE = ItemDraft(
    code="PLATE",
    dimension="SIGNAGE",
    name="悬挂站牌",
    kind="YES_NO",
    weight=3,
    necessary=True,
    clause="三(四)",
    order=240,
)


@pytest.fixture(autouse=True)
def today(time_machine):
    """2026-10-20, 10:00 in Shanghai."""
    time_machine.move_to("2026-10-20T10:00:00+08:00", tick=False)


@pytest.fixture
def default(rules) -> Standard:
    """The default standard that ships."""
    standard = load_default()
    assert standard is not None
    return standard


def paper(issuer: OrgUnit, number: str) -> PolicyDocument:
    return add_document(
        by=None, issuer=issuer, number=number, title=f"{issuer.name}社工站建设标准", issued_on=date(2025, 12, 1)
    )


@pytest.fixture
def papers(world, default) -> dict[str, PolicyDocument]:
    """One document of each authority above 北关街道社工站, by the unit's name."""
    numbers = {"山西省": "晋民发〔2025〕1号", "晋中市": "市民发〔2025〕2号", "榆次区": "榆民发〔2025〕3号"}
    return {name: paper(world.units[name], number) for name, number in numbers.items()}


@pytest.fixture
def issue(world, papers) -> Callable[..., Standard]:
    """`issue("晋中市", AREA, …, on=…)`: a version of that unit."""

    def write(name: str, *items: ItemDraft, on: date = date(2026, 1, 1), **extra: Any) -> Standard:
        return issue_standard(
            by=extra.pop("by", None),
            issuer=world.units[name],
            document=papers[name],
            title="社工站建设标准",
            year=on.year,
            starts_on=on,
            items=items,
            **extra,
        )

    return write


@pytest.fixture
def station(world, issue) -> Station:
    """北关街道社工站, under a city standard of an area of 40 and a sign."""
    issue("晋中市", AREA, PLATE)
    return world.station()


def items_of(station: Station, on: date) -> dict[str, Item]:
    """Code → item that holds for the station on that day."""
    return {item.code: item for item in StandardBook.load([station.unit.path]).items(station.unit.path, on)}


def good(item: Item, **kept: Any) -> Found:
    """An answer that meets the item, but for a photo."""
    demand = item.demand
    return Found(
        yes=True if demand.kind == ItemKind.YES_NO else None,
        number=demand.minimum if demand.kind == ItemKind.NUMBER else None,
        choice=demand.options[-1] if demand.options else "",
        **kept,
    )


def check(
    station: Station,
    on: date,
    *,
    kind: CheckKind = CheckKind.COUNTY,
    by: Any = None,
    submit: bool = True,
    **answers: Any,
) -> Check:
    """A submitted check in which everything is well but what `answers` say (code → Found)."""
    found = {code: good(item) for code, item in items_of(station, on).items()} | answers
    return save_check(by=by, station=station, kind=kind, checked_on=on, found=found, submit=submit)


def square_metres(value: str | int) -> Found:
    return Found(number=Decimal(value))


def errors_of(caught) -> dict[str, list[str]]:
    """Field → messages of a caught ValidationError ("__all__" for those of no field)."""
    error = caught.value
    return error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}


def page(client, name, /, *args, **query):
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def post(client, url_name, /, *args, query="", **data):
    return client.post(reverse(url_name, args=args) + query, data)
