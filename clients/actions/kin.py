"""Guardians and emergency contacts, and kin of a person served."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.models import User
from clients.actions import trail
from clients.actions.locks import changeable, locked_clients
from clients.models import Client, ClientContact, ClientRelation, ContactKind, Relation
from common import checks
from common.text import plain_name

NAME_LENGTH = 40
MOST_CONTACTS = 10
MOST_RELATIONS = 30


def _contact(kind: str, name: str, relation: str, phone: str) -> dict[str, Any]:
    return checks.all_of(
        kind=lambda: checks.member(kind, ContactKind, field="kind", label="类型"),
        name=lambda: plain_name(name, field="name", label="姓名", max_length=NAME_LENGTH),
        relation=lambda: checks.optional_name(relation, field="relation", label="与服务对象关系", max_length=20),
        phone=lambda: checks.phone(phone, field="phone"),
    )


@transaction.atomic
def add_contact(
    *, by: User | None, client: Client, kind: str, name: str, relation: str = "", phone: str = ""
) -> ClientContact:
    """A guardian or an emergency contact (ContactKind). Raises ValidationError by field; one of that kind and name
    stands once."""
    client = changeable(client)
    fields = _contact(kind, name, relation, phone)
    if client.contacts.filter(kind=fields["kind"], name=fields["name"]).exists():
        raise ValidationError({"name": f"已登记这名{ContactKind(fields['kind']).label}"})
    if client.contacts.count() >= MOST_CONTACTS:
        raise ValidationError(f"一份档案最多登记 {MOST_CONTACTS} 名联系人")
    row = ClientContact.objects.create(client=client, **fields)
    trail.record(by=by, verb="登记联系人", client=client, changes=trail.rows_changes({}, row))
    return row


@transaction.atomic
def change_contact(
    *, by: User | None, contact: ClientContact, kind: str, name: str, relation: str = "", phone: str = ""
) -> ClientContact:
    """Write the contact anew. Raises ValidationError by field."""
    client = changeable(contact.client)
    row = _standing(contact)
    before = audit.state(row)
    for field, value in _contact(kind, name, relation, phone).items():
        setattr(row, field, value)
    if client.contacts.filter(kind=row.kind, name=row.name).exclude(pk=row.pk).exists():
        raise ValidationError({"name": f"已登记这名{row.get_kind_display()}"})
    if changes := trail.rows_changes(before, row):
        row.save()
        trail.record(by=by, verb="修改联系人", client=client, changes=changes)
    return row


@transaction.atomic
def remove_contact(*, by: User | None, contact: ClientContact) -> None:
    """Take the contact off the file; the row goes, the trail keeps that there was one."""
    client = changeable(contact.client)
    row = _standing(contact)
    changes = trail.rows_changes(audit.state(row), row, {})
    row.delete()
    trail.record(by=by, verb="移除联系人", client=client, changes=changes)


@transaction.atomic
def add_relation(
    *,
    by: User | None,
    client: Client,
    relation: str,
    other: Client | None = None,
    name: str = "",
    note: str = "",
) -> ClientRelation:
    """`client`'s kin: who the other one is to them (Relation), as another file or by name alone.

    A link between two files is written once and read from both sides. Raises ValidationError by field.
    """
    if other is not None and other.pk == client.pk:
        raise ValidationError({"other": "不能把本人登记为自己的家庭成员"})
    if other is not None:
        locked_clients([client, other])  # in order of their keys, before `changeable` takes one alone
        other = changeable(other)
    client = changeable(client)
    fields = checks.all_of(
        relation=lambda: checks.member(relation, Relation, field="relation", label="关系"),
        note=lambda: checks.note(note),
        name=lambda: "" if other else plain_name(name, field="name", label="亲属姓名", max_length=NAME_LENGTH),
    )
    if other is not None:
        linked = Q(client=client, other=other) | Q(client=other, other=client)
        if ClientRelation.objects.filter(linked).exists():
            raise ValidationError({"other": "这两份档案之间已登记家庭关系"})
    elif client.relations.filter(name=fields["name"], relation=fields["relation"]).exists():
        raise ValidationError({"name": "已登记这名家庭成员"})
    if client.relations.count() >= MOST_RELATIONS:
        raise ValidationError(f"一份档案最多登记 {MOST_RELATIONS} 名家庭成员")
    row = ClientRelation.objects.create(client=client, other=other, **fields)
    _tell(by, "登记家庭成员", row, other, trail.rows_changes({}, row))
    return row


@transaction.atomic
def remove_relation(*, by: User | None, relation: ClientRelation) -> None:
    """Take the link away, from both files that it stands on."""
    locked_clients([relation.client, *([relation.other] if relation.other else [])])
    row = (
        ClientRelation.objects.select_related("client__station__unit", "other__station__unit")
        .filter(pk=relation.pk)
        .first()
    )
    if row is None:
        raise ValidationError("这条家庭关系已被他人移除")
    changes = trail.rows_changes(audit.state(row), row, {})
    other = row.other
    row.delete()
    _tell(by, "移除家庭成员", row, other, changes)


def _tell(by: User | None, verb: str, row: ClientRelation, other: Client | None, changes: dict[str, Any]) -> None:
    """One event on each file."""
    trail.record(by=by, verb=verb, client=row.client, changes=changes)
    if other is not None:
        mine = {label: pair for label, pair in changes.items() if label != "亲属档案"}
        trail.record(by=by, verb=verb, client=other, changes=mine | {"亲属档案": [None, f"档案 {row.client_id}"]})


def _standing(contact: ClientContact) -> ClientContact:
    row = ClientContact.objects.select_for_update(of=("self",)).filter(pk=contact.pk).first()
    if row is None:
        raise ValidationError("这名联系人已被他人移除")
    return row
