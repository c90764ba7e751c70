"""Rows of the ledger 资金台账, in words, for the page, the export and the audit pack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.urls import reverse

from common import money
from files.models import Attachment
from funds.models import Entry, EntryKind, Spending
from funds.models.ledger import EntryQuerySet

E = EntryKind
SORTS = {"on": "on", "fen": "fen"}
JOINED = ("fund", "unit", "spending", "allocation__from_unit", "allocation__to_unit", "receipt")


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One entry. `came` or `went` is None; `balance` is what the unit holds of the fund after it."""

    on: date
    fund: str
    fund_label: str
    fund_url: str
    year: int
    unit: str
    kind: str
    category: str
    words: str
    paper: str  # voucher or document number
    came: Decimal | None
    went: Decimal | None
    balance: Decimal
    url: str
    number: str  # of a payment, by which its vouchers are filed
    vouchers: int | None  # how many scans of its voucher; None where there is no voucher to scan
    reversed: bool


@dataclass(frozen=True)
class Totals:
    came: Decimal
    went: Decimal


def sorted_entries(entries: EntryQuerySet, sort: str) -> EntryQuerySet:
    """By `?sort=` (on, fen; falling with -); the latest first for an unknown key."""
    field, falling = sort.removeprefix("-"), sort.startswith("-")
    if field == "fen":
        return entries.order_by("-fen" if falling else "fen", "-on", "-pk")
    if field == "on" and not falling:
        return entries.in_order()
    return entries.order_by("-on", F("fen").asc(), "-pk")


def totals(entries: EntryQuerySet) -> Totals:
    """What came in and went out by these entries. One statement."""
    found = entries.order_by().aggregate(
        came=Sum("fen", filter=Q(fen__gt=0), default=0), went=Sum("fen", filter=Q(fen__lt=0), default=0)
    )
    return Totals(money.yuan(found["came"]), money.yuan(-found["went"]))


def with_papers(entries: EntryQuerySet) -> EntryQuerySet:
    """Entries as `ledger_rows` reads them."""
    return entries.with_balance().select_related(*JOINED)


def vouchers_of(spendings: Iterable[int]) -> dict[int, list[Attachment]]:
    """Payment → the scans of its voucher, in the order of upload. One query."""
    found: dict[int, list[Attachment]] = defaultdict(list)
    for row in Attachment.objects.standing().on(Spending).filter(target_id__in=list(spendings)).order_by("pk"):
        found[row.target_id].append(row)
    return found


def ledger_rows(entries: Iterable[Entry]) -> Iterator[LedgerRow]:
    """Entries of `with_papers`; one query more, for the vouchers."""
    found = list(entries)
    vouchers = vouchers_of({entry.spending_id for entry in found if entry.spending_id})
    for entry in found:
        spending = entry.spending
        amount = money.yuan(abs(entry.fen))
        yield LedgerRow(
            on=entry.on,
            fund=entry.fund.name,
            fund_label=entry.fund.label,
            fund_url=reverse("fund_detail", args=[entry.fund_id]),
            year=entry.fund.year,
            unit=entry.unit.name,
            kind=str(entry.get_kind_display()),
            category=str(spending.get_category_display()) if spending else "",
            words=_words(entry),
            paper=_paper(entry),
            came=amount if entry.fen > 0 else None,
            went=amount if entry.fen < 0 else None,
            balance=money.yuan(entry.balance),  # type: ignore[attr-defined]
            url=_url(entry),
            number=spending.number if spending else "",
            vouchers=len(vouchers.get(entry.spending_id or 0, ())) if entry.kind == E.SPENT else None,
            reversed=entry.kind == E.SPENT and spending is not None and spending.reversed_on is not None,
        )


def _words(entry: Entry) -> str:
    if entry.spending:
        said = f"{entry.spending.payee}：{entry.spending.purpose}"
    elif entry.allocation:
        sender, receiver = entry.allocation.from_unit.name, entry.allocation.to_unit.name
        said = f"下达{receiver}" if entry.kind in (E.ALLOCATED, E.TAKEN_BACK) else f"{sender}下达"
    else:
        said = "外部拨入"
    return f"{said}（{entry.note}）" if entry.note else said


def _paper(entry: Entry) -> str:
    if entry.spending:
        return entry.spending.voucher_number
    paper = entry.allocation or entry.receipt
    return paper.document_number if paper else ""


def _url(entry: Entry) -> str:
    if entry.spending_id:
        return reverse("spending_detail", args=[entry.spending_id])
    if entry.allocation_id:
        return reverse("allocation_detail", args=[entry.allocation_id])
    return reverse("fund_detail", args=[entry.fund_id])
