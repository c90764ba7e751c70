"""What the page of one file shows beside the cards of rooms above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from clients.models import Category, Client, Consent, ConsentKind, ContactKind, FocusGroup, Relation
from clients.queries.consent import state_of
from clients.vocabulary import ADULT_FROM, FOCUS_OF, focus_groups
from files.queries import AttachmentRow, attachments_of
from policies.models import ProvisionKind
from policies.queries import RuleBook
from stations.queries.citations import source

# Who this one is to the other: a link between two files is written once, and read from both.
_REVERSED = {
    Relation.PARENT: Relation.CHILD,
    Relation.CHILD: Relation.PARENT,
    Relation.GRANDPARENT: Relation.GRANDCHILD,
    Relation.GRANDCHILD: Relation.GRANDPARENT,
}


@dataclass(frozen=True)
class CategoryRow:
    """`ended`: holds no more today."""

    pk: int
    category: str
    label: str
    groups: str
    starts_on: date
    ends_on: date | None
    ended: bool


@dataclass(frozen=True)
class RelationRow:
    """`url` is "" for kin without a file, and for a file that the user may not read (its name is not told then)."""

    pk: int
    relation: str
    name: str
    url: str
    age: int | None
    note: str


@dataclass(frozen=True)
class ConsentRow:
    consent: Consent
    scans: list[AttachmentRow]


@dataclass(frozen=True)
class Interval:
    """How often the level is visited, by which document."""

    days: int
    source: dict[str, str] | None


def file_page(user: User, client: Client) -> dict[str, Any]:
    """The template's context; a fixed number of queries, whatever the file's history."""
    today = timezone.localdate()
    categories = category_rows(client, today)
    contacts = list(client.contacts.all())
    held = [row.category for row in categories if not row.ended]
    minor = client.minor(today)
    consents = list(client.consents.order_by("kind", "-given_on", "-pk"))
    scans = attachments_of(user, consents)
    return {
        "today": today,
        "age": client.age(today),
        "minor": minor,
        "adult_from": ADULT_FROM,
        "categories": categories,
        "groups": [group.label for group in FocusGroup if group in focus_groups(held, client.born_on, today)],
        "interval": interval(client, today),
        "levels": list(client.levels.order_by("-starts_on", "-pk")[:10]),
        "contacts": contacts,
        "guardian_missing": minor and not any(contact.kind == ContactKind.GUARDIAN for contact in contacts),
        "consents": [ConsentRow(row, scans.get(row.pk, [])) for row in consents],
        "consent": state_of(next((row for row in consents if row.kind == ConsentKind.SERVICE), None)),
        "relations": relation_rows(user, client, today),
        "materials": attachments_of(user, [client]).get(client.pk, []),
        "spells": list(client.spells.select_related("station__unit").order_by("-starts_on", "-pk")),
        "merged_files": list(client.merged_files.order_by("pk").values_list("pk", flat=True)),
    }


def category_rows(client: Client, on: date) -> list[CategoryRow]:
    """Those that hold before the ended ones, the latest first. One query."""
    rows = []
    for row in client.categories.order_by("-starts_on", "-pk"):
        groups = "、".join(group.label for group in FOCUS_OF[Category(row.category)])
        ended = row.ends_on is not None and row.ends_on <= on
        label = row.get_category_display()
        rows.append(CategoryRow(row.pk, row.category, label, groups, row.starts_on, row.ends_on, ended))
    return sorted(rows, key=lambda row: row.ended)


def interval(client: Client, on: date) -> Interval | None:
    """The visiting interval of the file's level where it lies, None without either. One query with a level."""
    if client.level is None:
        return None
    path = client.station.unit.path
    book = RuleBook.load([path], kinds=[ProvisionKind.VISIT_INTERVAL])
    for provision in book.all_provisions(ProvisionKind.VISIT_INTERVAL, path, on):
        if provision.parameters["level"] == str(client.level):
            return Interval(provision.parameters["days"], source(provision))
    return None


def relation_rows(user: User, client: Client, on: date) -> list[RelationRow]:
    """Kin of the person: what was written on this file, and on others about it. Three queries at most."""
    own = list(client.relations.select_related("other"))
    others = list(client.related_from.select_related("client"))
    keys = {row.other_id for row in own if row.other_id} | {row.client_id for row in others}
    readable = set()
    if keys:
        seen = Client.objects.visible_to(user, Permission.VIEW_CLIENTS).filter(pk__in=keys)
        readable = set(seen.values_list("pk", flat=True))
    rows = []
    for row in own:
        label = row.get_relation_display()
        rows.append(_relation(row.pk, label, row.other, row.name, row.note, readable, on))
    for row in others:
        relation = Relation(row.relation)
        label = _REVERSED.get(relation, relation).label
        rows.append(_relation(row.pk, str(label), row.client, "", row.note, readable, on))
    return rows


def _relation(
    pk: int, label: str, other: Client | None, name: str, note: str, readable: set[int], on: date
) -> RelationRow:
    if other is None:
        return RelationRow(pk, label, name, "", None, note)
    if other.pk not in readable:
        return RelationRow(pk, label, "其他站点的服务对象", "", None, "")
    return RelationRow(pk, label, str(other), reverse("client_detail", args=[other.pk]), other.age(on), note)
