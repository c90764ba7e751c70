"""Passing money down: sent, confirmed by who gets it, taken back. In between it is on its way and nobody's balance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum

from accounts import audit
from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from common import checks, money
from common.paths import within
from funds.actions.book import locked_fund, post, require_money
from funds.actions.funds import reason_of
from funds.models import Allocation, Entry, EntryKind, Fund

ROW = "amount_{}"  # where the error of one receiver stands, by the unit's key


def may_confirm(user: User, allocation: Allocation) -> bool:
    """Who gets the money confirms it, not who sent it: a posting at or above the receiver, but below the sender.

    A station has nobody for money, so what its township passes on to it the township itself confirms.
    """
    sender, receiver = allocation.from_unit, allocation.to_unit
    tops = [top for top in user.paths(Permission.SPEND_FUNDS) if within(receiver.path, top)]
    return any(not within(sender.path, top) or sender.level >= Level.TOWNSHIP for top in tops)


def _receiver(from_unit: OrgUnit, to_unit: OrgUnit, on: date) -> None:
    field = ROW.format(to_unit.pk)
    if to_unit.path == from_unit.path or not within(to_unit.path, from_unit.path):
        raise ValidationError({field: f"{to_unit.name}不是{from_unit.name}的下级，不能下达"})
    if to_unit.is_virtual:
        raise ValidationError({field: f"{to_unit.name}是虚拟层级，请下达到它的下级"})
    if not to_unit.lives_on(on):
        raise ValidationError({field: f"{to_unit.name}在 {on} 尚未设立或已撤销，不能下达"})


@transaction.atomic
def allocate(
    *,
    by: User | None,
    fund: Fund,
    from_unit: OrgUnit,
    receivers: Sequence[tuple[OrgUnit, object]],
    allocated_on: date,
    document_number: str = "",
    expected_on: date | None = None,
    note: str = "",
) -> list[Allocation]:
    """Send money of a fund to units below, all of them or none. `receivers` are (unit, amount).

    Raises ValidationError: not below the sender, more than it holds (says how much), before the money came. What is
    wrong with one receiver stands under `amount_<key of the unit>`.
    """
    fund = locked_fund(fund.pk)
    clean = checks.all_of(
        allocated_on=lambda: checks.past_day(allocated_on, field="allocated_on", label="下达日期"),
        document_number=lambda: checks.optional_name(
            document_number, field="document_number", label="下达文号", max_length=60
        ),
        note=lambda: checks.note(note),
    )
    on = clean["allocated_on"]
    if expected_on is not None and expected_on < on:
        raise ValidationError({"expected_on": "预计到账日期不能早于下达日期"})
    if not receivers:
        raise ValidationError("请至少填写一个接收单位的金额")
    amounts = {}
    for unit, amount in receivers:
        _receiver(from_unit, unit, on)
        amounts[unit] = money.amount(amount, field=ROW.format(unit.pk), label=f"{unit.name}的金额")
    if len(amounts) < len(receivers):
        raise ValidationError("同一接收单位填写了两次")
    total = sum(map(money.fen, amounts.values()))
    require_money(fund, from_unit, total, on, day_field="allocated_on", day_label="下达日期")
    made = []
    for unit, yuan in amounts.items():
        allocation = Allocation.objects.create(
            fund=fund,
            from_unit=from_unit,
            to_unit=unit,
            amount=yuan,
            expected_on=expected_on,
            recorded_by=by,
            **clean,
        )
        kind, fen = EntryKind.ALLOCATED, money.fen(yuan)
        post(by=by, fund=fund, unit=from_unit, kind=kind, on=on, fen=fen, allocation=allocation)
        _record(by, "下达资金", allocation, {"金额": [None, yuan], "下达日期": [None, on]})
        made.append(allocation)
    return made


def _record(by: User | None, verb: str, allocation: Allocation, changes: dict[str, list[object]], **more: str) -> None:
    told = {"资金": [None, str(allocation.fund)], **changes}
    audit.record(by=by, verb=verb, target=allocation, unit=allocation.to_unit, changes=told, **more)


def _locked(allocation: Allocation) -> tuple[Fund, Allocation]:
    fund = locked_fund(allocation.fund_id)
    rows = Allocation.objects.select_for_update(of=("self",)).select_related("from_unit", "to_unit", "received_by")
    return fund, rows.get(pk=allocation.pk)


@transaction.atomic
def confirm_receipt(*, by: User | None, allocation: Allocation, received_on: date) -> Allocation:
    """The money is there: from `received_on` on the receiver holds it.

    Raises ValidationError when somebody confirmed or withdrew it meanwhile, and when who sent it confirms.
    """
    fund, allocation = _locked(allocation)
    if allocation.received_on:
        who = f"由{allocation.received_by}" if allocation.received_by else ""
        raise ValidationError(f"这笔资金已{who}确认于 {allocation.received_on} 到账，不需要再确认")
    if allocation.withdrawn_on:
        raise ValidationError(f"这笔资金已于 {allocation.withdrawn_on} 被下达单位撤回，不能确认到账")
    if by is not None and not may_confirm(by, allocation):
        raise ValidationError(
            f"到账由接收单位{allocation.to_unit.name}一方确认，下达单位{allocation.from_unit.name}不能代为确认"
        )
    on = checks.past_day(
        received_on, field="received_on", label="到账日期", since=allocation.allocated_on, since_label="下达日期"
    )
    allocation.received_on, allocation.received_by = on, by
    allocation.save(update_fields=["received_on", "received_by"])
    kind, fen = EntryKind.ARRIVED, money.fen(allocation.amount)
    post(by=by, fund=fund, unit=allocation.to_unit, kind=kind, on=on, fen=fen, allocation=allocation)
    _record(by, "确认资金到账", allocation, {"金额": [None, allocation.amount], "到账日期": [None, on]})
    return allocation


def returned_fen(allocation: Allocation) -> int:
    """What the receiver gave back of it by now, in fen."""
    given_back = Entry.objects.filter(allocation=allocation, kind=EntryKind.RETURNED)
    return -(given_back.aggregate(total=Sum("fen"))["total"] or 0)


@transaction.atomic
def take_back(*, by: User | None, allocation: Allocation, on: date, reason: str, amount: object = None) -> Allocation:
    """Take money back to the unit that sent it, by dated entries; the allocation itself stays.

    On its way only as a whole. Once there, `amount` of what the receiver still holds (None: all that was sent and not
    given back). Raises ValidationError when it holds less (says how much).
    """
    fund, allocation = _locked(allocation)
    reason = reason_of(reason)
    if allocation.withdrawn_on:
        raise ValidationError(f"这笔资金已于 {allocation.withdrawn_on} 撤回")
    since, label = (
        allocation.received_on or allocation.allocated_on,
        "到账日期" if allocation.received_on else "下达日期",
    )
    on = checks.past_day(on, field="on", label="收回日期", since=since, since_label=label)
    left = money.fen(allocation.amount) - returned_fen(allocation)
    fen = left if amount in (None, "") else money.fen(money.amount(amount, field="amount"))
    if left == 0 or fen > left:
        raise ValidationError({"amount": f"这笔下达未收回的金额为 {money.words(money.yuan(left))}"})
    if allocation.received_on:
        require_money(fund, allocation.to_unit, fen, on, day_field="on", day_label="收回日期")
        kind = EntryKind.RETURNED
        post(by=by, fund=fund, unit=allocation.to_unit, kind=kind, on=on, fen=fen, note=reason, allocation=allocation)
    elif fen < left:
        raise ValidationError({"amount": "在途资金只能全部撤回"})
    else:
        allocation.withdrawn_on = on
        allocation.save(update_fields=["withdrawn_on"])
    kind = EntryKind.TAKEN_BACK
    post(by=by, fund=fund, unit=allocation.from_unit, kind=kind, on=on, fen=fen, note=reason, allocation=allocation)
    _record(by, "收回资金", allocation, {"收回金额": [None, money.yuan(fen)], "收回日期": [None, on]}, reason=reason)
    return allocation
