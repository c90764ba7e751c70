"""Writes on contracts: signing, renewing, correcting, ending early, taking back (R15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from accounts.models import OrgUnit, User
from accounts.roles import Permission
from agencies import checks as own_checks
from agencies import shares
from agencies.actions.locks import locked, locked_stations, mark_stations
from agencies.actions.members import sync_postings
from agencies.actions.procurements import MOST_YEARS, refuse_blacklisted, refuse_buyer
from agencies.models import Agency, Contract, ContractStation, ContractTerm, Outcome, Procurement
from common import checks, money
from common.paths import within
from common.text import plain_name
from stations.models import Station


@transaction.atomic
def create_contract(
    *,
    by: User | None,
    agency: Agency,
    buyer: OrgUnit,
    stations: Sequence[Station],
    number: str,
    title: str,
    signed_on: date,
    starts_on: date,
    last_day: date,
    amount: Decimal,
    amounts: Sequence[Decimal] | None = None,
    procurement: Procurement | None = None,
    renewal_of: Contract | None = None,
    is_demo: bool = False,
) -> Contract:
    """A contract for the stations from `starts_on` to `last_day`, both included, with its years of service.

    `amounts`: the part of each station, in their order; even parts by default. Raises ValidationError: a blacklisted
    agency, a station outside the buyer's unit, closed, or under another contract at that time (which is named).
    """
    refuse_buyer(buyer)
    clean = _clean_contract(number, title, signed_on, starts_on, last_day, amount)
    here = locked_stations(stations)
    agency = locked(agency, "unit")
    refuse_blacklisted(agency, clean["signed_on"], field="agency")
    _refuse_stations(by, buyer, here, clean["starts_on"], clean["ends_on"])
    _refuse_basis(agency, buyer, clean, procurement, renewal_of)
    if Contract.objects.valid().filter(buyer=buyer, number=clean["number"]).exists():
        raise ValidationError({"number": f"{buyer}已有编号为 {clean['number']} 的合同"})
    parts = _parts(clean["amount"], list(stations), amounts)
    contract = Contract(
        agency=agency, buyer=buyer, procurement=procurement, renewal_of=renewal_of, is_demo=is_demo,
        agreed_ends_on=clean["ends_on"], **clean,
    )  # fmt: skip
    _write(contract, here, parts)
    changes = audit.first(contract) | {
        "承接机构": [None, str(agency)],
        "站点": [None, [f"{station} {parts[station.pk]} 元" for station in here]],
        "续签自": [None, str(renewal_of) if renewal_of else None],
    }
    audit.record(by=by, verb="登记合同", target=contract, unit=buyer, changes=changes)
    mark_stations(contract)
    sync_postings(by=by, agency=agency)
    return contract


def _write(contract: Contract, stations: list[Station], parts: dict[int, Decimal]) -> None:
    """The contract with its stations and years of service. Raises ValidationError when another stands there by now."""
    try:
        with transaction.atomic():
            contract.save()
            ContractStation.objects.bulk_create(
                ContractStation(
                    contract=contract,
                    station=station,
                    amount=parts[station.pk],
                    starts_on=contract.starts_on,
                    ends_on=contract.ends_on,
                )
                for station in stations
            )
    except IntegrityError:  # signed by someone else since the look
        raise ValidationError("他人刚刚登记了编号或站点相同的合同，请核对后重新提交") from None
    ContractTerm.objects.bulk_create(
        ContractTerm(contract=contract, number=serial, starts_on=first, ends_on=end)
        for serial, (first, end) in enumerate(shares.terms(contract.starts_on, contract.ends_on), 1)
    )


def _clean_contract(
    number: str, title: str, signed_on: date, starts_on: date, last_day: date, amount: Decimal
) -> dict[str, Any]:
    clean = checks.all_of(
        number=lambda: plain_name(number, field="number", label="合同编号", max_length=60),
        title=lambda: plain_name(title, field="title", label="合同名称", max_length=120),
        signed_on=lambda: checks.past_day(signed_on, field="signed_on", label="签订日期"),
        starts_on=lambda: own_checks.day(starts_on, field="starts_on", label="服务起始日期"),
        amount=lambda: money.amount(amount, field="amount", label="合同金额"),
        last_day=lambda: own_checks.day(
            last_day, field="last_day", label="服务截止日期", since=starts_on, since_label="服务起始日期"
        ),
    )
    clean["ends_on"] = clean.pop("last_day") + timedelta(days=1)
    if clean["ends_on"] > shares.years_later(clean["starts_on"], MOST_YEARS):
        raise ValidationError({"last_day": f"服务期超过 {MOST_YEARS} 年，请核对日期"})
    return clean


def _refuse_basis(
    agency: Agency, buyer: OrgUnit, clean: dict[str, Any], procurement: Procurement | None, before: Contract | None
) -> None:
    """Raises ValidationError when procurement or earlier contract do not go with this one."""
    if procurement is not None:
        if procurement.outcome != Outcome.AWARDED or procurement.winner_id != agency.pk:
            raise ValidationError({"procurement": "这次采购没有成交给该机构"})
        if procurement.buyer_id != buyer.pk:
            raise ValidationError({"procurement": f"这次采购的采购单位是{procurement.buyer}，不是{buyer}"})
    if before is not None:
        if (before.agency_id, before.buyer_id) != (agency.pk, buyer.pk):
            raise ValidationError({"agency": "续签合同的承接机构和购买单位应与原合同相同；换机构请新建合同"})
        if clean["starts_on"] < before.ends_on:
            raise ValidationError({"starts_on": f"续签应在原合同到期（{before.last_day}）之后开始"})
        if Contract.objects.filter(renewal_of=before).exists():
            raise ValidationError("原合同已经续签过，请刷新后核对")


def _refuse_stations(by: User | None, buyer: OrgUnit, stations: list[Station], starts_on: date, ends_on: date) -> None:
    """Raises ValidationError naming each station that cannot be covered, and why."""
    if not stations:
        raise ValidationError({"stations": "请至少选择一个站点"})
    problems = []
    for station in stations:
        if not within(station.unit.path, buyer.path):
            problems.append(f"{station}不在{buyer}范围内")
        elif station.closed_on and station.closed_on <= starts_on:
            problems.append(f"{station}已于 {station.closed_on} 撤销")
    covers = ContractStation.objects.filter(station__in=stations, starts_on__lt=ends_on, ends_on__gt=starts_on)
    # A spell of no day (a contract taken back) is in nobody's way.
    taken = list(covers.filter(ends_on__gt=F("starts_on")).select_related("contract__agency", "station__unit"))
    seen = _visible(by, taken)
    for cover in taken:
        last = cover.ends_on - timedelta(days=1)
        which = f"{cover.contract.agency}的合同“{cover.contract}”" if cover.contract_id in seen else "其他合同"
        problems.append(f"{cover.station}在 {cover.starts_on} 至 {last} 已有{which}，同一时期只能有一份合同")
    if problems:
        raise ValidationError({"stations": problems})


def _visible(by: User | None, covers: list[ContractStation]) -> set[int]:
    keys = {cover.contract_id for cover in covers}
    if by is None or not keys:
        return keys
    return set(
        Contract.objects.visible_to(by, Permission.VIEW_CONTRACTS).filter(pk__in=keys).values_list("pk", flat=True)
    )


def _parts(amount: Decimal, stations: list[Station], amounts: Sequence[Decimal] | None) -> dict[int, Decimal]:
    """Station → its part of the amount."""
    keys = list(dict.fromkeys(station.pk for station in stations))
    parts = shares.split(amount, len(keys)) if amounts is None else list(amounts)
    if len(parts) != len(keys) or sum(parts) != amount:
        raise ValidationError({"amount": f"各站点金额之和应等于合同金额 {amount} 元"})
    return dict(zip(keys, parts, strict=True))


@transaction.atomic
def edit_contract(*, by: User | None, contract: Contract, number: str, title: str, signed_on: date) -> Contract:
    """Correct number, title and day of signing. Stations, days and amount of a wrong contract: take it back."""
    contract = locked(contract, "buyer")
    _refuse_void(contract)
    before = audit.state(contract)
    clean = checks.all_of(
        number=lambda: plain_name(number, field="number", label="合同编号", max_length=60),
        title=lambda: plain_name(title, field="title", label="合同名称", max_length=120),
        signed_on=lambda: checks.past_day(signed_on, field="signed_on", label="签订日期"),
    )
    for name, value in clean.items():
        setattr(contract, name, value)
    changes = audit.changes(before, audit.state(contract))
    if changes:
        try:
            with transaction.atomic():
                contract.save(update_fields=list(clean))
        except IntegrityError:
            raise ValidationError({"number": f"{contract.buyer}已有编号为 {number} 的合同"}) from None
        audit.record(by=by, verb="修改合同", target=contract, unit=contract.buyer, changes=changes)
    return contract


@transaction.atomic
def terminate_contract(*, by: User | None, contract: Contract, on: date, reason: str) -> Contract:
    """The contract ends early: `on` is its first day out of force. Stations are free and members' views end that day.

    Raises ValidationError: over or taken back already, a day outside the contract or in the future, no reason.
    """
    contract = _locked_with_stations(contract)
    _refuse_over(contract)
    on = checks.past_day(on, field="on", label="终止日期")
    if not contract.starts_on < on < contract.ends_on:
        raise ValidationError({"on": f"终止日期应在 {contract.starts_on} 之后、{contract.ends_on} 之前"})
    reason = checks.required_text(reason, field="reason", label="终止理由")
    return _end(by, contract, on, reason, "提前终止合同")


@transaction.atomic
def withdraw_contract(*, by: User | None, contract: Contract, reason: str) -> Contract:
    """Take back a contract entered by mistake: it counts nowhere and its stations are free.

    Refused once something was paid or evaluated on it, or it was renewed.
    """
    contract = _locked_with_stations(contract)
    _refuse_void(contract)
    if contract.payments.filter(paid_on__isnull=False).exists():
        raise ValidationError("合同已有付款，不能撤回；请改为提前终止")
    if contract.terms.filter(evaluations__step__in=("SCORING", "FINALISED")).exists():
        raise ValidationError("合同已有评估，不能撤回；请先撤回评估")
    if Contract.objects.valid().filter(renewal_of=contract).exists():
        raise ValidationError("合同已经续签，不能撤回；请先撤回续签的合同")
    reason = checks.withdrawal_reason(reason)
    contract.renewal_of = None  # the earlier contract may be renewed again
    contract.save(update_fields=["renewal_of"])
    return _end(by, contract, contract.starts_on, reason, "撤回合同")


def _locked_with_stations(contract: Contract) -> Contract:
    """Locked in the order of the room."""
    locked_stations(Station.objects.filter(covers__contract=contract).select_related("unit"))
    locked(contract.agency)
    return locked(contract, "buyer", "agency")


def _refuse_void(contract: Contract) -> None:
    if contract.ends_on == contract.starts_on:
        raise ValidationError(f"这份合同已经撤回（{contract.end_reason}）")


def _refuse_over(contract: Contract) -> None:
    _refuse_void(contract)
    if contract.ends_on < contract.agreed_ends_on:
        raise ValidationError(f"合同已于 {contract.ends_on} 提前终止，请刷新后核对")
    if contract.ends_on <= timezone.localdate():
        raise ValidationError(f"合同已于 {contract.last_day} 到期")


def _end(by: User | None, contract: Contract, on: date, reason: str, verb: str) -> Contract:
    before = contract.ends_on
    contract.ends_on, contract.end_reason = on, reason
    contract.save(update_fields=["ends_on", "end_reason"])
    contract.covers.update(ends_on=on)
    audit.record(
        by=by, verb=verb, target=contract, unit=contract.buyer, reason=reason,
        changes={"服务止（不含当日）": [before, on]},
    )  # fmt: skip
    mark_stations(contract, on)
    sync_postings(by=by, agency=contract.agency)
    return contract
