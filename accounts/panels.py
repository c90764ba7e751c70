"""Cards that rooms add to a page of a lower room, which never learns of them.

The room of the page makes a registry, `CARDS: Panels[Station] = Panels()`, and offers its `panel` and `of`. A room
above declares a card in a module that AppConfig.ready imports:

    @panel(key="contracts", title="合同", order=60, permission=P.VIEW_CONTRACTS, template="agencies/_panel.html")
    def contracts(user: User, station: Station) -> dict[str, Any] | None:
        rows = …  # a fixed number of queries, whatever the subject's history
        return {"rows": rows, "note": "2 份", "links": [{"label": "全部合同", "url": "…"}]} if rows else None

The template sees the dictionary as `panel` and the page's context beside it; it is the inside of a card (a `card-body`,
or a `table-responsive`). In the card's head stand `note` (small text), `late` (what needs action, red), `source`
(document and clause) and `links`; links do not print. None leaves the card out. A card is built only for who holds
`permission` on the subject. components/panel.html shows one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from accounts.gate import allowed
from accounts.models import User
from accounts.roles import Permission

T = TypeVar("T")
Build = Callable[[User, T], dict[str, Any] | None]


@dataclass(frozen=True)
class Panel(Generic[T]):
    """A declared card. `half`: it takes half the width of a wide screen, and the next half one stands beside it.
    `paper`: the template by which it prints on the subject's paper, "" when it stands there not."""

    key: str
    title: str
    order: int
    permission: Permission
    template: str
    build: Build[T]
    half: bool
    paper: str


@dataclass(frozen=True)
class BuiltPanel(Generic[T]):
    """A card with its content, for one user and subject. `half`: another one really stands beside it."""

    panel: Panel[T]
    content: dict[str, Any]
    half: bool = False

    @property
    def anchor(self) -> str:
        return f"panel-{self.panel.key}"


class Panels(Generic[T]):
    """The cards of one kind of page; `T` is what the page is about."""

    def __init__(self, permission: Permission = Permission.VIEW) -> None:
        self.permission = permission
        self.declared: dict[str, Panel[T]] = {}

    def panel(
        self,
        *,
        key: str,
        title: str,
        order: int,
        template: str,
        permission: Permission | None = None,
        half: bool = False,
        paper: str | None = None,
    ) -> Callable[[Build[T]], Build[T]]:
        """Declare the card that the function builds. Cards stand by `order`."""

        def declare(build: Build[T]) -> Build[T]:
            if key in self.declared:
                raise ValueError(f"panel {key} is declared twice")
            right = permission or self.permission
            printed = template if paper is None else paper
            self.declared[key] = Panel(key, title, order, right, template, build, half, printed)
            return build

        return declare

    def of(self, user: User, subject: T) -> list[BuiltPanel[T]]:
        """The cards that this user sees of this subject, in order."""
        built = []
        for each in sorted(self.declared.values(), key=lambda found: (found.order, found.key)):
            if not allowed(user, each.permission, subject):
                continue
            content = each.build(user, subject)
            if content is not None:
                built.append(BuiltPanel(each, content))
        return list(_paired(built))


def _paired(built: list[BuiltPanel[T]]) -> Iterator[BuiltPanel[T]]:
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
