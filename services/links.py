"""What a service record can belong to: a case, a group's session, a visit that was due, a resource handed over.

A room above declares its kind of link, and services never learns of that room:

    links.declare(
        Link(
            key="case",
            label="个案",
            find=lambda user, key: …,      # the row that the user may serve under; raises Http404
            name=lambda row: …,            # in words, for who may read the record's people
            page=lambda row: reverse("case_detail", args=[row.pk]),
            station=lambda row: row.station_id,
            presets=lambda row: {"method": Method.CASE, "clients": [row.client_id], "title": "…"},
            attach=attach,                 # (by=, record=, row=) inside the transaction of the log
            of=of,                         # (record) -> rows that it belongs to
            asks=lambda row: None,         # what the row asks for once the service is saved: a FollowUp
        )
    )

in its module `service_links.py`, which AppConfig.ready imports. The entry form is opened with `?link=case:12`, carries
it through, offline too, and `log_service(…, link=links.find(user, "case:12"))` attaches the record to the row. A link
that cannot take the record raises ValidationError, and nothing is saved. When the record is corrected or voided,
services.signals tell it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404

from accounts.models import User
from services.models import ServiceRecord


@dataclass(frozen=True)
class FollowUp:
    """A form of the room above, which its page at `url` takes; `note` stands above the fields. The form is built when
    it is shown: a record may belong to many rows."""

    title: str
    form: Callable[[], Any]
    url: str
    note: str = ""


@dataclass(frozen=True)
class Link:
    """A kind of thing that a service record can belong to."""

    key: str
    label: str
    find: Callable[[User, int], Any]
    name: Callable[[Any], str]
    page: Callable[[Any], str]
    station: Callable[[Any], int]
    presets: Callable[[Any], Mapping[str, Any]]
    attach: Callable[..., None]
    of: Callable[[ServiceRecord], Iterable[Any]]
    asks: Callable[[Any], FollowUp | None] = lambda row: None


@dataclass(frozen=True)
class Linked:
    """A row that a service record belongs to, or is about to."""

    link: Link
    row: Any

    @property
    def value(self) -> str:
        """As the form carries it: “case:12”."""
        return f"{self.link.key}:{self.row.pk}"

    @property
    def name(self) -> str:
        return self.link.name(self.row)

    @property
    def page(self) -> str:
        return self.link.page(self.row)

    @property
    def station_id(self) -> int:
        return self.link.station(self.row)

    @property
    def presets(self) -> Mapping[str, Any]:
        return self.link.presets(self.row)

    @property
    def asks(self) -> FollowUp | None:
        return self.link.asks(self.row)


LINKS: dict[str, Link] = {}


def declare(link: Link) -> None:
    if link.key in LINKS:
        raise ValueError(f"link {link.key} is declared twice")
    LINKS[link.key] = link


def find(user: User, value: str) -> Linked | None:
    """What “case:12” means to this user; None for "". Raises ValidationError for anything they cannot serve under."""
    if not value:
        return None
    key, _, number = value.partition(":")
    link = LINKS.get(key)
    if link is None or not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise ValidationError({"link": "所属事项无效，请从原页面重新登记"})
    try:
        return Linked(link, link.find(user, int(number)))
    except Http404:
        raise ValidationError({"link": f"没有这个{link.label}，或您不能为它登记服务"}) from None


def of(record: ServiceRecord) -> Iterator[Linked]:
    """Everything that the record belongs to."""
    for link in LINKS.values():
        for row in link.of(record):
            yield Linked(link, row)
