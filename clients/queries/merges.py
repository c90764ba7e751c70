"""Two files side by side, and the merges of one."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from clients.models import Client, ClientMerge
from clients.queries.consent import consents
from clients.queries.registered import categories_in_words


@dataclass(frozen=True)
class Fact:
    """A line of the comparison; `differs`: both are filled in, and not the same."""

    label: str
    values: tuple[str, str]

    @property
    def differs(self) -> bool:
        return all(self.values) and self.values[0] != self.values[1]


def compared(first: Client, second: Client) -> list[Fact]:
    """What both files say, line by line. Four queries."""
    pair, today = (first, second), timezone.localdate()
    keys = [row.pk for row in pair]
    categories, signed = categories_in_words(keys, today), consents(keys)
    contacts = {row.pk: "、".join(contact.name for contact in row.contacts.all()) for row in pair}

    def line(label: str, *values: str) -> Fact:
        return Fact(label, (values[0], values[1]))

    return [
        line("姓名", *(row.name for row in pair)),
        line("性别", *(row.get_sex_display() for row in pair)),
        line("出生日期", *(str(row.born_on or "") for row in pair)),
        line("身份证号", *(row.masked_id_number for row in pair)),
        line("联系电话", *(row.phone for row in pair)),
        line("居住地址", *(row.residence for row in pair)),
        line("户籍地址", *(row.household for row in pair)),
        line("类别", *(categories.get(row.pk, "") for row in pair)),
        line("跟进级别", *(row.get_level_display() or "" for row in pair)),
        line("联系人", *(contacts[row.pk] for row in pair)),
        line("服务同意", *(str(signed[row.pk].label) for row in pair)),
        line("建档站点", *(row.station.unit.name for row in pair)),
        line("建档日期", *(str(row.opened_on) for row in pair)),
        line("归档日期", *(str(row.closed_on or "") for row in pair)),
    ]


def merges_of(client: Client) -> list[ClientMerge]:
    """Everything that was ever merged with the file, the latest first. One query."""
    rows = ClientMerge.objects.filter(Q(client=client.pk) | Q(kept=client.pk))
    return list(rows.select_related("merged_by", "undone_by").order_by("-merged_at", "-pk"))
