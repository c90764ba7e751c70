"""Agencies of the demo: contracts of three years with promises, payments and evaluations; one on the blacklist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from accounts.models import OrgUnit, User
from agencies import shares
from agencies.actions import add_member
from agencies.models import (
    Agency,
    AgencyEmployment,
    AgencyGrade,
    Blacklisting,
    Contract,
    ContractPromise,
    ContractStation,
    ContractTerm,
    Payment,
    PaymentCondition,
    Procurement,
    Quantity,
)
from agencies.models.procurements import Method as Way
from common.credit_codes import check_character
from reporting.demo import MARK, demo_months
from reporting.demo.activity import A_MONTH, METHOD_WEIGHTS
from reporting.demo.evaluations import build_evaluations
from reporting.demo.hosts import BLACKLISTED, HOSTS
from reporting.demo.places import Place
from services.models import Method
from stations.models import EmployerKind, Employment, Hosting

YEARS = 3
STARTS = (1, 1, 3, 4, 7)  # months in which contracts begin
A_STATION = (80, 200)  # thousand yuan a year
INSTALMENTS = ((Decimal(40), 20, "NONE"), (Decimal(30), 230, "MID"), (Decimal(30), 400, "FINAL"))  # %, days after start
PROMISED = (Method.VISIT, Method.CASE, Method.GROUP, Method.ACTIVITY, Method.RESOURCE_LINK)
# What is paid by each conclusion of the default frame.
PAID_BY = {"EXCELLENT": Decimal(1), "PASSED": Decimal(1), "BARELY": Decimal("0.9"), "FAILED": Decimal(0)}
FEN = Decimal("0.01")
GRADES = ("5A", "4A", "4A", "3A", "3A", "2A", "")


@dataclass
class Deal:
    """The stations that one agency runs for one county."""

    agency: Agency
    county: OrgUnit
    places: list[Place]
    start_month: int
    amount: Decimal  # a station and year, in the first year


def build_agencies(rng: Random, places: list[Place], today: date, sign_ins: dict[str, User]) -> int:
    """Everything of the room; returns how many contracts."""
    by_name = _agencies(rng, places, today)
    deals = list(_deals(rng, places, by_name))
    procurements = _procurements(rng, deals, today)
    contracts = _contracts(deals, procurements, today)
    contracts.append(_of_the_blacklisted(by_name[BLACKLISTED + MARK], places))
    _promises(rng, contracts, today)
    build_evaluations(rng, contracts, today)
    _payments(contracts, today)
    _employments(by_name)
    add_member(by=None, agency=by_name[HOSTS[0][0] + MARK], user=sign_ins["agency"], starts_on=_since(today))
    return len(contracts)


def _since(today: date) -> date:
    return date(today.year - YEARS + 1, 1, 1)


def _agencies(rng: Random, places: list[Place], today: date) -> dict[str, Agency]:
    """Codes of a district that does not exist (999999), with a right check digit."""
    counties = {(place.county.code or "")[:6]: place.county for place in places}
    rows = []
    for number, (name, codes) in enumerate([*HOSTS, (BLACKLISTED, ("140781",))]):
        first = f"52999999MJ{number + 1:07d}"
        rows.append(
            Agency(
                credit_code=first + check_character(first), name=name + MARK, is_demo=True,
                legal_person=rng.choice("王李张刘陈杨赵黄周吴") + "某" + MARK,
                phone=f"000-{rng.randint(10000000, 99999999)}",
                address=f"{counties[codes[0]].name}演示路 {rng.randint(1, 99)} 号{MARK}", unit=counties[codes[0]],
                registered_on=date(rng.randint(2012, 2020), rng.randint(1, 12), rng.randint(1, 28)),
            )
        )  # fmt: skip
    Agency.objects.bulk_create(rows)
    grades = []
    for number, agency in enumerate(rows[:-1]):  # the one on the blacklist has none
        # A grade lasts five years; the second agency's runs out within weeks.
        granted = today - timedelta(days=5 * 365 - 40 if number == 1 else rng.randint(200, 1500))
        if grade := GRADES[number % len(GRADES)]:
            ends_on = shares.years_later(granted, 5)
            grades.append(AgencyGrade(agency=agency, grade=grade, starts_on=granted, ends_on=ends_on))
    AgencyGrade.objects.bulk_create(grades)
    Blacklisting.objects.create(
        agency=rows[-1],
        starts_on=date(2023, 10, 20),
        reason="虚报服务记录，挪用项目人员经费",
        document=f"民函〔2023〕0号{MARK}",
    )
    return {agency.name: agency for agency in rows}


def _deals(rng: Random, places: list[Place], by_name: dict[str, Agency]) -> Iterator[Deal]:
    grouped: dict[tuple[str, int], list[Place]] = defaultdict(list)
    for place in places:
        if place.station.hosting != Hosting.TOWNSHIP and place.station.closed_on is None:
            grouped[place.station.host_name, place.county.pk].append(place)
    for (name, _), here in grouped.items():
        amount = Decimal(rng.randint(*A_STATION) // 5 * 5 * 1000)
        yield Deal(by_name[name], here[0].county, here, rng.choice(STARTS), amount)


def _procurements(rng: Random, deals: list[Deal], today: date) -> list[Procurement]:
    """One for each deal that covers three years, and for some counties one that failed or is under way."""
    first = today.year - YEARS + 1
    won, others = [], []
    for deal in deals:
        announced = date(first, deal.start_month, 1) - timedelta(days=rng.randint(50, 70))
        opened = announced + timedelta(days=rng.randint(20, 25))
        budget = (deal.amount * len(deal.places) * YEARS * Decimal("1.06")).quantize(Decimal(1000))
        facts = {"buyer": deal.county, "method": rng.choice(list(Way)), "budget": budget, "is_demo": True}
        name = f"{deal.county.name}社工站运营服务采购（{len(deal.places)} 个站点）{MARK}"
        won.append(
            Procurement(
                name=name, first_year=first, years=YEARS, announced_on=announced, opened_on=opened, winner=deal.agency,
                awarded_on=opened + timedelta(days=rng.randint(3, 9)), outcome="AWARDED", **facts,
            )
        )  # fmt: skip
        if rng.random() < 0.15:
            failed = announced - timedelta(days=40)
            note = {"outcome": "FAILED", "outcome_note": "有效响应不足三家"}
            others.append(Procurement(name=name, first_year=first, years=YEARS, announced_on=failed, **facts, **note))
        elif rng.random() < 0.25:
            begun = today - timedelta(days=rng.randint(5, 30))
            others.append(Procurement(name=name, first_year=today.year + 1, announced_on=begun, **facts))
    Procurement.objects.bulk_create([*others, *won])
    return won


def _contracts(deals: list[Deal], procurements: list[Procurement], today: date) -> list[Contract]:
    """A contract a year, each renewing the one before; the amount rises a little."""
    contracts: list[Contract] = []
    covers: list[ContractStation] = []
    for serial, (deal, procurement) in enumerate(zip(deals, procurements, strict=True), 1):
        before = None
        for year in range(today.year - YEARS + 1, today.year + 1):
            starts_on = date(year, deal.start_month, 1)
            if starts_on > today:
                continue
            part = deal.amount + 2000 * (year - today.year + YEARS - 1)
            contract = _contract(deal, f"演示{year}-{serial:02d}", starts_on, part * len(deal.places))
            contract.procurement, contract.renewal_of = procurement, before
            contract.save(force_insert=True)
            covers += _covers(contract, deal.places, part)
            contracts.append(contract)
            before = contract
    ContractStation.objects.bulk_create(covers)
    ContractTerm.objects.bulk_create(_term(contract) for contract in contracts)
    return contracts


def _contract(deal: Deal, number: str, starts_on: date, amount: Decimal) -> Contract:
    ends_on = shares.years_later(starts_on, 1)
    return Contract(
        agency=deal.agency, buyer=deal.county, number=number, amount=amount, is_demo=True,
        title=f"{deal.county.name} {len(deal.places)} 个社工站运营服务{MARK}", signed_on=starts_on - timedelta(days=12),
        starts_on=starts_on, ends_on=ends_on, agreed_ends_on=ends_on,
    )  # fmt: skip


def _covers(contract: Contract, places: list[Place], part: Decimal) -> Iterator[ContractStation]:
    for place in places:
        yield ContractStation(
            contract=contract,
            station=place.station,
            starts_on=contract.starts_on,
            ends_on=contract.ends_on,
            amount=part,
        )


def _term(contract: Contract) -> ContractTerm:
    return ContractTerm(contract=contract, number=1, starts_on=contract.starts_on, ends_on=contract.agreed_ends_on)


def _of_the_blacklisted(agency: Agency, places: list[Place]) -> Contract:
    """Three stations of 介休 in 2023, ended early for the reason that put it on the blacklist."""
    here = [place for place in places if (place.county.code or "").startswith("140781")][:3]
    deal = Deal(agency, here[0].county, here, 1, Decimal(90000))
    contract = _contract(deal, "演示2023-介休", date(2023, 1, 1), Decimal(270000))
    contract.ends_on, contract.end_reason = date(2023, 9, 15), "查实虚报服务记录，解除合同"
    contract.save(force_insert=True)
    ContractStation.objects.bulk_create(_covers(contract, here, Decimal(90000)))
    _term(contract).save()
    return contract


def _promises(rng: Random, contracts: list[Contract], today: date) -> None:
    """What the activity of the demo keeps about: some a little more, some less. None for years before its records."""
    months = demo_months(today)
    rows = []
    for term in ContractTerm.objects.filter(contract__in=contracts).select_related("contract").order_by("pk"):
        overlap = (min(today, term.ends_on) - max(months[0].first, term.starts_on)).days / 30.4
        if overlap <= 1:
            continue
        share = min((today - term.starts_on).days / (term.ends_on - term.starts_on).days, 1)
        a_month = sum(A_MONTH) / 2 * term.contract.covers.count()
        for method in PROMISED:
            done = a_month * METHOD_WEIGHTS[method] / sum(METHOD_WEIGHTS.values()) * overlap
            promised = max(round(done / share * rng.uniform(0.58, 0.98) / 10), 1) * 10
            rows.append(ContractPromise(term=term, quantity=Quantity.SERVICES, method=method, promised=promised))
        contacts = max(round(a_month * 9.5 * overlap / share * rng.uniform(0.6, 0.98) / 100), 1) * 100
        rows.append(ContractPromise(term=term, quantity=Quantity.CONTACTS, promised=contacts))
    ContractPromise.objects.bulk_create(rows)


def _payments(contracts: list[Contract], today: date) -> None:
    """Three instalments; those planned by today are paid when what they wait for was passed."""
    terms = {
        term.contract_id: term
        for term in ContractTerm.objects.filter(contract__in=contracts).prefetch_related("evaluations")
    }
    rows = []
    for contract in contracts:
        term = terms[contract.pk]
        shares_paid = {row.kind: PAID_BY[row.conclusion] for row in term.evaluations.all() if row.conclusion}
        parts = shares.by_percent(contract.amount, [percent for percent, _, _ in INSTALMENTS])
        for number, (amount, (_, after, condition)) in enumerate(zip(parts, INSTALMENTS, strict=True), 1):
            planned = contract.starts_on + timedelta(days=after)
            row = Payment(
                contract=contract, term=term, number=number, planned_on=planned, amount=amount, condition=condition
            )
            share = Decimal(1) if condition == PaymentCondition.NONE else shares_paid.get(condition, Decimal(0))
            if share and planned + timedelta(days=15) <= today and planned < contract.ends_on + timedelta(days=60):
                row.paid_on, row.paid_amount = planned + timedelta(days=9), (amount * share).quantize(FEN)
                row.voucher_note = f"财付演示〔{planned.year}〕{contract.pk % 900 + 10}-{number}号"
            rows.append(row)
    Payment.objects.bulk_create(rows)


def _employments(by_name: dict[str, Agency]) -> None:
    """Workers whose employer bears an agency's name work for it."""
    found = Employment.objects.filter(employer_kind=EmployerKind.AGENCY, employer_name__in=by_name)
    AgencyEmployment.objects.bulk_create(
        (
            AgencyEmployment(agency=by_name[name], employment_id=key)
            for key, name in found.values_list("pk", "employer_name")
        ),
        batch_size=500,
    )
