"""Rows of donations and handouts, the stock by item, and totals of value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.urls import reverse

from accounts.models import User
from common.sums import decimal_sum
from linkage.models import Donation, Handout, RecipientKind
from linkage.models.resources import DonationQuerySet, HandoutQuerySet
from linkage.queries.where import Reads

SORTS: dict[str, tuple[str, ...]] = {
    "received_on": ("received_on", "pk"),
    "value": ("value", "pk"),
    "-value": ("-value", "-pk"),
    "item": ("item", "-received_on"),
    "-item": ("-item", "-received_on"),
}
HANDOUT_SORTS: dict[str, tuple[str, ...]] = {
    "given_on": ("given_on", "pk"),
    "value": ("value", "pk"),
    "-value": ("-value", "-pk"),
    "people": ("people", "pk"),
    "-people": ("-people", "-pk"),
}


@dataclass(frozen=True)
class DonationRow:
    pk: int
    url: str
    item: str
    form: str
    donor_kind: str
    donor: str
    quantity: Decimal
    left: Decimal
    measure: str
    value: Decimal
    left_value: Decimal
    purpose: str
    received_on: date
    unit: str
    withdrawn: bool
    is_demo: bool


@dataclass(frozen=True)
class HandoutRow:
    """`recipient` in the words that this user may read; `url` leads to the donation."""

    pk: int
    row: Handout
    url: str
    item: str
    measure: str
    given_on: date
    quantity: Decimal
    value: Decimal
    to_kind: str
    recipient: str
    recipient_url: str
    people: int
    note: str
    unit: str
    withdrawn: bool
    is_demo: bool


@dataclass(frozen=True)
class StockRow:
    item: str
    measure: str
    donations: int
    received: Decimal
    left: Decimal
    value: Decimal
    left_value: Decimal

    @property
    def given(self) -> Decimal:
        return plain(self.received - self.left)


@dataclass(frozen=True)
class DonationSums:
    donations: int
    value: Decimal
    left_value: Decimal


@dataclass(frozen=True)
class HandoutSums:
    handouts: int
    value: Decimal
    people: int


def plain(number: Decimal) -> Decimal:
    """Without needless zeros: 12.50 → 12.5, 30.00 → 30."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def sorted_donations(donations: DonationQuerySet, sort: str) -> DonationQuerySet:
    return donations.select_related("unit").order_by(*SORTS.get(sort, ("-received_on", "-pk")))


def donation_rows(donations: Iterable[Donation], reads: Reads) -> list[DonationRow]:
    """`donations` with their unit joined: no query."""
    return [
        DonationRow(
            pk=one.pk,
            url=reverse("donation_detail", args=[one.pk]),
            item=one.item,
            form=one.get_form_display(),
            donor_kind=one.get_donor_kind_display(),
            donor=reads.donor(one),
            quantity=plain(one.quantity),
            left=plain(one.left),
            measure=one.measure,
            value=one.value,
            left_value=one.left_value,
            purpose=one.purpose,
            received_on=one.received_on,
            unit=one.unit.name,
            withdrawn=one.withdrawn_at is not None,
            is_demo=one.is_demo,
        )
        for one in donations
    ]


def donation_sums(donations: DonationQuerySet) -> DonationSums:
    """Of the standing ones among these. One query."""
    found = donations.standing().order_by().aggregate(
        n=Count("pk"), value=decimal_sum("value", 2), left=decimal_sum("left_value", 2)
    )  # fmt: skip
    return DonationSums(found["n"], Decimal(found["value"] or 0), Decimal(found["left"] or 0))


def stock(donations: DonationQuerySet) -> list[StockRow]:
    """Standing donations by item and measure, what is left first. One query."""
    rows = donations.standing().order_by().values("item", "measure")
    sums = {name: decimal_sum(name, 2) for name in ("quantity", "left", "value", "left_value")}
    found = [
        StockRow(
            item=row["item"],
            measure=row["measure"],
            donations=row["n"],
            received=plain(Decimal(row["sum_quantity"])),
            left=plain(Decimal(row["sum_left"])),
            value=Decimal(row["sum_value"]),
            left_value=Decimal(row["sum_left_value"]),
        )
        for row in rows.annotate(n=Count("pk"), **{f"sum_{name}": total for name, total in sums.items()})
    ]
    return sorted(found, key=lambda row: (row.left == 0, -row.left_value, row.item, row.measure))


def sorted_handouts(handouts: HandoutQuerySet, sort: str) -> HandoutQuerySet:
    """With all that their rows read."""
    rows = handouts.select_related("donation__unit", "client", "service__station__unit", "organisation__unit")
    return rows.order_by(*HANDOUT_SORTS.get(sort, ("-given_on", "-pk")))


def handout_rows(handouts: Iterable[Handout], reads: Reads) -> list[HandoutRow]:
    """`handouts` as `sorted_handouts` joins them. One query."""
    return [_handout_row(one, reads) for one in handouts]


def _handout_row(one: Handout, reads: Reads) -> HandoutRow:
    known = one.station_id in reads.stations if one.client_id else reads.people_at(one.donation.unit.path)
    recipient, url = RecipientKind(one.to_kind).label, ""
    if one.client_id:
        recipient = str(one.client) if known else "一名服务对象"
    elif one.service_id:
        recipient, url = str(one.service), reverse("service_detail", args=[one.service_id])
    elif one.organisation_id:
        recipient, url = str(one.organisation), reverse("organisation_detail", args=[one.organisation_id])
    elif known:
        recipient = one.recipients
    return HandoutRow(
        pk=one.pk,
        row=one,
        url=reverse("donation_detail", args=[one.donation_id]),
        item=one.donation.item,
        measure=one.donation.measure,
        given_on=one.given_on,
        quantity=plain(one.quantity),
        value=one.value,
        to_kind=one.get_to_kind_display(),
        recipient=recipient,
        recipient_url=url,
        people=one.people,
        note=one.note if known else "",
        unit=one.donation.unit.name,
        withdrawn=one.withdrawn_at is not None,
        is_demo=one.is_demo,
    )


def handouts_of(donation: Donation, user: User) -> list[HandoutRow]:
    """All handouts of a donation, the latest first, withdrawn ones too. Two queries."""
    rows: Any = Handout.objects.filter(donation=donation)
    return handout_rows(sorted_handouts(rows, ""), Reads(user))


def handout_sums(handouts: HandoutQuerySet) -> HandoutSums:
    """Of the standing ones among these. One query."""
    found = handouts.standing().order_by().aggregate(
        n=Count("pk"), value=decimal_sum("value", 2), people=Sum("people")
    )  # fmt: skip
    return HandoutSums(found["n"], Decimal(found["value"] or 0), found["people"] or 0)


def handouts_to(files: Iterable[int]) -> list[Handout]:
    """What the person got, by the keys of all of their files. One query."""
    rows = Handout.objects.standing().filter(client__in=files)
    return list(rows.select_related("donation__unit").order_by("-given_on", "-pk"))
