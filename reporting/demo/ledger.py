"""The ledger of the demo, made in memory and inserted in bulk; and drawn vouchers."""

from __future__ import annotations

import io
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from PIL import Image, ImageDraw

from accounts.models import OrgUnit
from common import money
from funds.models import Allocation, Entry, EntryKind, Fund, FundReceipt, Holding, Spending
from funds.models.vocabulary import INFLOWS

E = EntryKind


@dataclass
class Book:
    """Rows on their way to the database, in the order in which they refer to each other."""

    receipts: list[FundReceipt] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)
    spendings: list[Spending] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    held: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))

    def post(self, kind: EntryKind, fund: Fund, unit: OrgUnit, on: date, amount: Decimal, **paper: object) -> None:
        fen = money.fen(amount) * (1 if kind in INFLOWS else -1)
        self.held[fund.pk, unit.pk] += fen
        self.entries.append(Entry(fund=fund, unit=unit, kind=kind, on=on, fen=fen, **paper))

    def receive(self, fund: Fund, on: date, amount: Decimal, number: str) -> None:
        receipt = FundReceipt(fund=fund, amount=amount, received_on=on, document_number=number)
        self.receipts.append(receipt)
        self.post(E.RECEIVED, fund, fund.unit, on, amount, receipt=receipt)

    def send(
        self, fund: Fund, sender: OrgUnit, receiver: OrgUnit, on: date, amount: Decimal, arrives: date | None
    ) -> Allocation:
        """On its way while `arrives` is None."""
        allocation = Allocation(
            fund=fund, from_unit=sender, to_unit=receiver, amount=amount, allocated_on=on, received_on=arrives,
            expected_on=on + timedelta(days=7), document_number=f"演示拨〔{on.year}〕{len(self.allocations) + 1}号",
        )  # fmt: skip
        self.allocations.append(allocation)
        self.post(E.ALLOCATED, fund, sender, on, amount, allocation=allocation)
        if arrives:
            self.post(E.ARRIVED, fund, receiver, arrives, amount, allocation=allocation)
        return allocation

    def spend(self, spending: Spending) -> None:
        self.spendings.append(spending)
        self.post(E.SPENT, spending.fund, spending.unit, spending.spent_on, spending.amount, spending=spending)

    def save(self) -> None:
        FundReceipt.objects.bulk_create(self.receipts)
        Allocation.objects.bulk_create(self.allocations, batch_size=500)
        Spending.objects.bulk_create(self.spendings, batch_size=500)
        Entry.objects.bulk_create(self.entries, batch_size=500)
        Holding.objects.bulk_create(
            [Holding(fund_id=fund, unit_id=unit, fen=fen) for (fund, unit), fen in self.held.items()], batch_size=500
        )


def voucher_picture(row: Spending) -> bytes:
    """A drawn slip with the number and the amount; nothing that could be taken for a real one."""
    image = Image.new("RGB", (560, 300), "#fbf7ea")
    pen = ImageDraw.Draw(image)
    pen.rectangle((12, 12, 548, 288), outline="#a33", width=3)
    for height in (80, 140, 200, 240):
        pen.line((12, height, 548, height), fill="#c99")
    pen.text((30, 35), f"DEMO {row.number}  {row.spent_on}", fill="#333", font_size=26)
    pen.text((30, 155), f"CNY {row.amount:,.2f}", fill="#111", font_size=34)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
