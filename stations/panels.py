"""The cards of a station's page. A room above declares its own, and stations never learns of that room:

    @panel(key="contracts", title="合同", order=60, permission=P.VIEW_CONTRACTS, template="agencies/_panel.html")
    def contracts(user: User, station: Station) -> dict[str, Any] | None:
        rows = …  # a fixed number of queries, whatever the station's history
        return {"rows": rows, "note": "2 份", "links": [{"label": "全部合同", "url": "…"}]} if rows else None

in its module `panels.py`, which AppConfig.ready imports. The template sees the dictionary as `panel` and `station`
beside it; it is the inside of a card (a `card-body`, or a `table-responsive`). In the card's head stand `note` (small
text), `late` (what needs action, red), `source` (document and clause) and `links`; links do not print. None leaves the
card out. A panel is built only for who holds `permission` at the station. The same template prints in the station's
file, where `paper` is true in its context; `paper="…"` of the declaration names another, "" keeps it out of there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from accounts.gate import may
from accounts.models import User
from accounts.roles import Permission
from stations.models import Station

Build = Callable[[User, Station], dict[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """A declared card. `half`: it takes half the width of a wide screen, and the next half one stands beside it."""

    key: str
    title: str
    order: int
    permission: Permission
    template: str
    build: Build
    half: bool
    paper: str


@dataclass(frozen=True)
class BuiltPanel:
    """A card with its content, for one user and station. `half`: another one really stands beside it."""

    panel: Panel
    content: dict[str, Any]
    half: bool = False

    @property
    def anchor(self) -> str:
        return f"panel-{self.panel.key}"


PANELS: dict[str, Panel] = {}


def panel(
    *,
    key: str,
    title: str,
    order: int,
    template: str,
    permission: Permission = Permission.VIEW,
    half: bool = False,
    paper: str | None = None,
) -> Callable[[Build], Build]:
    """Declare the card that the function builds. Cards stand by `order`: the stations room has 10, 20, … 50."""

    def declare(build: Build) -> Build:
        if key in PANELS:
            raise ValueError(f"panel {key} is declared twice")
        PANELS[key] = Panel(key, title, order, permission, template, build, half, template if paper is None else paper)
        return build

    return declare


def panels_of(user: User, station: Station) -> list[BuiltPanel]:
    """The cards that this user sees of this station, in order."""
    built = []
    for each in sorted(PANELS.values(), key=lambda found: (found.order, found.key)):
        if not may(user, each.permission, station.unit.path):
            continue
        content = each.build(user, station)
        if content is not None:
            built.append(BuiltPanel(each, content))
    return list(_paired(built))


def _paired(built: list[BuiltPanel]) -> Iterator[BuiltPanel]:
    """Two half cards in a row stand beside each other; one alone takes the whole width."""
    number = 0
    while number < len(built):
        pair = built[number : number + 2]
        if len(pair) == 2 and all(card.panel.half for card in pair):
            yield from (replace(card, half=True) for card in pair)
            number += 2
        else:
            yield built[number]
            number += 1
