"""Writing the ledger. One lock for everything that moves money of a fund: its row, taken before any other.

So two payments, two confirmations, or a payment and a recall of the same fund follow each other, and each sees what
the one before left. The database refuses a negative holding besides.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Sum

from accounts.models import OrgUnit, User
from common import money
from funds.models import Allocation, Entry, EntryKind, Fund, Holding
from funds.models.vocabulary import INFLOWS
from funds.sums import spendable
from stations import stale


def locked_fund(fund_id: int) -> Fund:
    """The fund with its document and unit, its row locked until the end of the transaction."""
    rows = Fund.objects.select_for_update(of=("self",), no_key=True).select_related("document", "unit")
    return rows.get(pk=fund_id)


def post(
    *, by: User | None, fund: Fund, unit: OrgUnit, kind: EntryKind, on: date, fen: int, note: str = "", **paper: Any
) -> Entry:
    """Leave an entry of `fen` (above 0; the kind gives the sign) and move the holding. `paper`: what it is about."""
    signed = fen if kind in INFLOWS else -fen
    Holding.objects.get_or_create(fund=fund, unit=unit)
    entry = Entry.objects.create(fund=fund, unit=unit, kind=kind, on=on, fen=signed, note=note, recorded_by=by, **paper)
    Holding.objects.filter(fund=fund, unit=unit).update(fen=F("fen") + signed)
    stale.mark(unit.pk, stale.months_since(on))
    return entry


def require_money(fund: Fund, unit: OrgUnit, fen: int, on: date, *, day_field: str, day_label: str) -> None:
    """Raises ValidationError when the unit does not hold so much of the fund on that day, or needs it later."""
    changes = list(Entry.objects.filter(fund=fund, unit=unit).order_by("on").values_list("on").annotate(Sum("fen")))
    if not changes:
        waiting = Allocation.objects.in_transit().filter(fund=fund, to_unit=unit).exists()
        more = "；已下达的款项还在途，请先确认到账" if waiting else ""
        raise ValidationError({"fund": f"{unit.name}没有到账的“{fund}”资金{more}"})
    first = changes[0][0]
    if on < first:
        raise ValidationError({day_field: f"“{fund}”于 {first} 才到{unit.name}账上，{day_label}不能早于该日"})
    free = spendable(changes, on)
    if fen > free:
        there = sum(change for day, change in changes if day <= on)
        later = f"，其后的支出和下达还需要其中的 {money.words(money.yuan(there - free))}" if there > free else ""
        raise ValidationError(
            {"amount": f"超出结存：{unit.name}“{fund}”{on} 结存 {money.words(money.yuan(there))}{later}"}
        )
