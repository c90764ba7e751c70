"""Whom the entry form offers by name: those served of late, those found, those on a list."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.crypto import salted_hmac

from accounts.gate import may
from accounts.models import User
from accounts.roles import Permission
from clients.gate import stations_read, supervised_stations
from clients.models import Category, Client
from clients.queries.consent import consents, refusing
from clients.queries.namesakes import APART, told_apart
from clients.queries.registered import registered_as
from clients.queries.search import answers, condition, matching
from clients.vocabulary import ConsentState, FocusGroup, age_on, focus_groups
from common.months import Month
from services.models import ServiceClient, ServiceRecord
from services.vocabulary import domain_for
from stations.models import Station

CLOSED = "（涉及具名服务对象，仅本站可见）"
RECENT = 12
FOUND = 20
READ = (*APART, "merged_into", "station")  # of a file that is offered
LOOKED_UP = 100  # names of a list for which similar files are sought
LOOKED_AT = 120  # of the latest rows, to find the recent people in
_APART = re.compile(r"[\n\r,，、;；\t]+")
_REMARK = re.compile(r"[（(]")


def reads_people(user: User, station: Station) -> bool:
    """May the user read who was served at the station?"""
    path = station.unit.path
    return may(user, Permission.VIEW_CLIENTS, path) or station.pk in set(supervised_stations(user))


def closed_texts(user: User, records: Iterable[ServiceRecord]) -> set[int]:
    """Keys of the records whose place and result the user does not read: they tell of people whom the record names, at
    a station whose files are not theirs to read. Two queries."""
    named = ServiceClient.objects.filter(service__in=[record.pk for record in records])
    readable = stations_read(user, Permission.VIEW_CLIENTS)
    return set(named.exclude(station__in=readable).order_by().values_list("service_id", flat=True))


def people_counts(records: Iterable[ServiceRecord]) -> dict[int, int]:
    """Key of a record → how many people it names; records that name nobody are not in it. One query."""
    named = ServiceClient.objects.filter(service__in=[record.pk for record in records]).order_by()
    return dict(named.values_list("service_id").annotate(Count("pk")))


def people_of(record: ServiceRecord) -> QuerySet[Client]:
    """Whom the record names, with what tells namesakes apart, in order of their files."""
    return Client.objects.filter(service_clients__service=record).only(*APART, "merged_into").order_by("pk")


def choosable(user: User, station: Station, already: Iterable[int] = ()) -> QuerySet[Client]:
    """Files that the user may name in a service of the station: its standing ones, closed ones too (a service of
    before the closing), and `already`. Numbers and texts of the files stay unread."""
    keys = list(already)
    standing = Client.objects.visible_to(user, Permission.VIEW_CLIENTS).standing().filter(station=station)
    rows = Client.objects.filter(Q(pk__in=standing.order_by().values("pk")) | Q(pk__in=keys)) if keys else standing
    return rows.only(*READ).order_by("pk")


# ---- chips ----------------------------------------------------------------------------------------------------------


@dataclass
class Chip:
    """A person as the form offers them: what they count as on the day, and how they were served last."""

    pk: int
    name: str
    note: str
    focus: list[str]
    refused: bool  # withdrew the consent: cannot be chosen
    unsigned: bool  # no consent on record
    usual: dict[str, Any] = field(default_factory=dict)  # place, method, domain, hours
    chosen: bool = False


def chips_of(clients: QuerySet[Client], station: Station, keys: Iterable[int], day: date) -> list[Chip]:
    """One chip for each key that is among `clients`, in the order of the keys. Five queries, one for nobody."""
    order = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    found = sorted(clients.filter(pk__in=list(order)), key=lambda client: order[client.pk]) if order else []
    if not found:
        return []
    registered, signed = registered_as(order, day), consents(order)
    last = last_services(list(order), station)
    chips = []
    for client in found:
        categories = registered[client.pk]
        groups = focus_groups(categories, client.born_on, day)
        age = age_on(client.born_on, day)
        words = [f"{age}岁"] if age is not None else []
        words += [Category(category).label for category in categories[:2]]
        domain = domain_for(groups)
        chips.append(
            Chip(
                pk=client.pk,
                name=client.name,
                note=" · ".join(words),
                focus=[group.value for group in FocusGroup if group in groups],
                refused=signed[client.pk] == ConsentState.WITHDRAWN,
                unsigned=signed[client.pk] == ConsentState.MISSING,
                usual=last.get(client.pk) or ({"domain": domain} if domain else {}),
            )
        )
    return chips


def last_services(keys: list[int], station: Station) -> dict[int, dict[str, Any]]:
    """Client key → place, method, domain and hours of the last service at the station that names them. Two queries."""
    newest = ServiceClient.objects.valid().filter(client=OuterRef("pk"), station=station).order_by("-service_id")
    rows = Client.objects.filter(pk__in=keys).order_by().annotate(last=Subquery(newest.values("service_id")[:1]))
    pairs = {key: last for key, last in rows.values_list("pk", "last") if last}
    usual = ServiceRecord.objects.filter(pk__in=set(pairs.values())).values("pk", "place", "method", "domain", "hours")
    records = {row["pk"]: {name: value for name, value in row.items() if name != "pk"} for row in usual}
    return {key: records[last] for key, last in pairs.items()}


def recent_keys(user: User, station: Station, day: date) -> list[int]:
    """Keys of those served last at the station, filled up with its newest files. At most three queries."""
    months = [Month.of(day), Month.of(day) - 1]
    rows = ServiceClient.objects.valid().filter(station=station, month__in=months).order_by("-service_id", "id")
    served = list(dict.fromkeys(rows.values_list("client_id", flat=True)[:LOOKED_AT]))
    offered = choosable(user, station).filter(closed_on=None)
    standing = set(offered.filter(pk__in=served).values_list("pk", flat=True)) if served else set()
    keys = [key for key in served if key in standing][:RECENT]
    if len(keys) < RECENT:
        newest = offered.exclude(pk__in=keys).order_by("-pk").values_list("pk", flat=True)
        keys += newest[: RECENT - len(keys)]
    return keys


def recent_people(user: User, station: Station, day: date, most: int) -> dict[int, str]:
    """Those served last (`recent_keys`) who may be served, key → name, namesakes told apart; nobody to who may not read
    them. At most five queries."""
    if not may(user, Permission.VIEW_CLIENTS, station.unit.path):
        return {}
    keys = recent_keys(user, station, day)
    refused = refusing(keys)
    keys = [key for key in keys if key not in refused][:most]
    found = choosable(user, station).in_bulk(keys) if keys else {}
    return told_apart([found[key] for key in keys if key in found], day)


def found_keys(user: User, station: Station, words: str) -> list[int]:
    """Keys of open files by a part of the name, its first initials or the whole number. One query."""
    if not words.strip():
        return []
    offered = matching(choosable(user, station).filter(closed_on=None), words)
    return list(offered.order_by("name", "pk").values_list("pk", flat=True)[:FOUND])


def open_keys(user: User, station: Station, most: int) -> list[int]:
    """Keys of the station's open files, at most `most`. One query."""
    offered = choosable(user, station).filter(closed_on=None)
    return list(offered.order_by("name", "pk").values_list("pk", flat=True)[:most])


# ---- a list of names ------------------------------------------------------------------------------------------------


def split_names(text: str) -> list[str]:
    """The names of a list, one a line or set apart by commas; each once, without blanks."""
    return list(dict.fromkeys(name for part in _APART.split(text) if (name := "".join(part.split()))))


Offers = dict[str, set[int]]  # digest of a line of the list → keys of the files that were offered for it


def _digest(name: str) -> str:
    return salted_hmac("services.people.line", name).hexdigest()[:16]


def offers_in(text: str) -> Offers:
    """What `Matched.offers` wrote. The form carries it, and its draft stays on the phone: so there is no name in it."""
    parts = (part.partition(":") for part in text.split())
    return {
        line: {int(key) for key in keys.split(",") if key.isascii() and key.isdigit() and len(key) < 19}
        for line, _, keys in parts
    }


@dataclass
class Matched:
    """`found` has one file for each matched name, those that a tick settled too (`settled`: name → key); the other
    names have none, or `several`, or `refused`: they withdrew the consent to service. `similar`: left name → keys of
    the files like it that nobody chose yet."""

    found: list[Client] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    several: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    settled: dict[str, int] = field(default_factory=dict)
    similar: dict[str, list[int]] = field(default_factory=dict)
    like_chosen: list[str] = field(default_factory=list)  # left names that somebody chosen before is like

    @property
    def offers(self) -> str:
        """What is offered for which line, for the next look at the list."""
        lines = {**self.similar, **{name: [key] for name, key in self.settled.items()}}
        return " ".join(f"{_digest(name)}:{','.join(map(str, keys))}" for name, keys in lines.items() if keys)

    @property
    def left(self) -> list[str]:
        """The names that no file answers to yet, in order of what is wrong with them."""
        return [*self.several, *self.unknown, *self.refused]

    @property
    def offered(self) -> list[int]:
        """Keys of the files like the names that are left, each once."""
        return list(dict.fromkeys(key for keys in self.similar.values() for key in keys))

    def problems(self, unnamed: str = "在“另有未建档”填人数，或填入“新建档案”") -> list[str]:
        """What is wrong with the list, in words. `unnamed`: what to do with people who have no file."""
        said = []
        if self.unknown:
            tick = "请勾选相近的人；没有档案的" if self.offered else "请"
            said.append(f"没有在档的档案：{'、'.join(self.unknown)}。{tick}从名单删去，{unnamed}")
        if self.like_chosen:
            said.append(f"与已勾选的人相近：{'、'.join(self.like_chosen)}。如是同一人，从名单删去即可")
        if self.several:
            said.append(f"有同名的几份档案：{'、'.join(self.several)}。请勾选其中一份，或从名单删去")
        if self.refused:
            said.append(f"已撤回服务同意：{'、'.join(self.refused)}。请从名单删去，可只填人次")
        return said


def match_names(
    user: User, station: Station, names: list[str], ticked: Collection[int] = (), offers: Offers | None = None
) -> Matched:
    """The open files of the station with these names: exactly, or followed by a remark in brackets that nobody else's
    is. Of the other names, one is settled by each of the `ticked` files that was offered for it (`offers`): who was
    chosen for another reason may be somebody else. Three queries, none for no name."""
    matched = Matched()
    if not names:
        return matched
    files = _files_named(user, station, names)
    gone = refusing(client.pk for found in files.values() for client in found)
    for name in names:
        found = files[name]
        if len(found) == 1 and found[0].pk in gone:
            matched.refused.append(name)
        elif len(found) == 1:
            matched.found.append(found[0])
        else:
            (matched.several if found else matched.unknown).append(name)
    _settle(matched, _similar(user, station, [*matched.several, *matched.unknown][:LOOKED_UP]), ticked, offers or {})
    return matched


def _files_named(user: User, station: Station, names: list[str]) -> dict[str, list[Client]]:
    """Name → the open files with it; where there are none, those whose name goes on with a remark: 张三（东村）."""
    exact, remarked = defaultdict(list), defaultdict(list)
    asked = Q(name__in=names) | Q(name__contains="（") | Q(name__contains="(")
    for client in choosable(user, station).filter(asked, closed_on=None):
        exact[client.name].append(client)
        remarked[_REMARK.split(client.name)[0]].append(client)
    return {name: exact[name] or remarked[name] for name in names}


def _similar(user: User, station: Station, names: list[str]) -> dict[str, list[Client]]:
    """Name → open files that it is a part or the initials of, the shortest name first. One query, none for no name."""
    if not names:
        return {}
    alike = reduce(or_, map(condition, names))
    rows = choosable(user, station).filter(alike, closed_on=None).only(*READ, "initials", "id_number_index")
    found = sorted(rows, key=lambda client: (len(client.name), client.name, client.pk))
    return {name: [client for client in found if answers(client, name)][:FOUND] for name in names}


def _settle(matched: Matched, similar: dict[str, list[Client]], ticked: Collection[int], offers: Offers) -> None:
    """A ticked file takes the first name for which it was offered, one at most; the names left keep what is like them
    and is not chosen yet."""
    taken = {client.pk for client in matched.found}
    free, chosen_already = set(ticked) - taken, set(ticked) | taken
    for name, files in similar.items():
        offered = offers.get(_digest(name), set())
        chosen = next((client for client in files if client.pk in free & offered), None)
        if chosen is None:
            matched.similar[name] = [client.pk for client in files if client.pk not in chosen_already]
            if len(matched.similar[name]) < len(files):
                matched.like_chosen.append(name)
            continue
        free.discard(chosen.pk)
        matched.found.append(chosen)
        matched.settled[name] = chosen.pk
        (matched.several if name in matched.several else matched.unknown).remove(name)
