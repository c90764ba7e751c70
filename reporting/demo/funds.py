"""Money of demo stations: provincial, municipal and county funds, passed down, spent; some findings of each kind."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import OrgUnit, User
from common import money
from files.actions import attach
from funds.models import (
    USUALLY_FORBIDDEN,
    Allocation,
    Beneficiary,
    Category,
    Entry,
    EntryKind,
    Explanation,
    FindingKind,
    Fund,
    FundForbiddenUse,
    Holding,
    Source,
    Spending,
    SpendingFlag,
    Tier,
)
from policies.models import PolicyDocument
from reporting.demo import MARK
from reporting.demo.ledger import Book, voucher_picture
from reporting.demo.places import Place

E, C, B = EntryKind, Category, Beneficiary
SCOPE = [C.VENUE, C.EQUIPMENT, C.ACTIVITY, C.SUBSIDY, C.PUBLICITY]
BUYS = [
    (C.VENUE, B.STATION, ("个案室隔断和墙面翻新", "活动室防滑地面", "门口无障碍坡道"), "家和装饰部"),
    (C.EQUIPMENT, B.STATION, ("购置打印机", "购置档案柜", "购置投影仪", "购置桌椅"), "便民办公设备行"),
    (C.ACTIVITY, B.CLIENTS, ("重阳节活动物料", "儿童暑期课堂材料", "健康讲座场租", "邻里节慰问品"), "万家百货"),
    (C.SUBSIDY, B.STATION, ("志愿者交通误餐补贴", "兼职督导补贴"), "社工和志愿者（名单附后）"),
    (C.PUBLICITY, B.CLIENTS, ("政策宣传折页印刷", "站点宣传栏制作"), "新印图文"),
]
WEIGHTS = [2, 4, 8, 3, 3]
OF_LOTTERY = "支持乡镇（街道）社工站场地改造、设备购置、服务活动、服务人员补贴和宣传"
OF_FISCAL = "社工站政府购买服务和运转补助"
SLOW = 0.07  # share of stations that leave much of their money unspent
KEPT_BY_COUNTIES, KEPT_BY_TOWNSHIPS = 3, 4  # 截留
DIVERTED, ENCROACHED = 6, 5
ON_THE_WAY, REVERSED, TAKEN_BACK, VOUCHERS = 6, 8, 2, 8


@dataclass
class Odd:
    """Places where something is to be found."""

    counties: set[int]
    townships: set[int]
    slow: set[int]
    on_the_way: set[int]
    diverted: list[int]
    encroached: list[int]


def build_funds(rng: Random, places: list[Place], today: date, sign_ins: dict[str, User]) -> int:
    """Funds of the last year that is half over, with their ledger. How many payments."""
    year = today.year if today.month > 5 else today.year - 1
    open_places = [place for place in places if place.operating_from and place.operating_from < date(year - 1, 6, 1)]
    counties = list({place.county.pk: place.county for place in open_places}.values())
    odd = _odd(rng, open_places, counties)
    book = Book()
    for city in OrgUnit.objects.filter(pk__in={county.parent_id for county in counties}):
        here = [place for place in open_places if place.county.parent_id == city.pk]
        documents = _documents(city, year)
        province = _fund(
            documents[0].issuer, f"{year}年省级福彩公益金（{city.name}社工站）", Tier.PROVINCE, year, documents[0]
        )
        old = _fund(city, f"{year - 1}年市级福彩公益金社工站补助", Tier.CITY, year - 1, documents[1])
        new = _fund(city, f"{year}年市级福彩公益金社工站补助", Tier.CITY, year, documents[2])
        _pass_down(rng, book, new, here, odd, today, share=(20, 55))
        _pass_down(rng, book, province, here[::3], odd, today, share=(20, 40), by_way_of_city=True)
        _pass_down(rng, book, old, here[::4], odd, today, share=(20, 30), all_spent=True)
    for county in counties:
        _of_county(rng, book, county, year, today)
    book.save()
    _afterwards(rng, book, today, sign_ins)
    return len(book.spendings)


def _odd(rng: Random, places: list[Place], counties: list[OrgUnit]) -> Odd:
    keys = [place.station.pk for place in places]
    townships = [place.township.pk for place in places]
    return Odd(
        {county.pk for county in rng.sample(counties, KEPT_BY_COUNTIES)},
        set(rng.sample(townships, KEPT_BY_TOWNSHIPS)),
        set(rng.sample(keys, int(len(keys) * SLOW))),
        set(rng.sample(keys, ON_THE_WAY)),
        rng.sample(keys, DIVERTED),
        rng.sample(keys, ENCROACHED),
    )


def _documents(city: OrgUnit, year: int) -> list[PolicyDocument]:
    """Of the province, and of the city for last year and this one; plainly invented numbers."""
    made = []
    province = OrgUnit.objects.get(children=city)
    for issuer, since in ((province, year), (city, year - 1), (city, year)):
        document, _ = PolicyDocument.objects.get_or_create(
            issuer=issuer,
            number=f"演示民福〔{since}〕{city.code[2:4] if issuer != city else '1'}号",  # type: ignore[index]
            defaults={
                "title": f"关于下达{since}年福彩公益金支持社工站建设的通知{MARK}",
                "issued_on": date(since, 1, 8),
                "source": "演示数据，不是任何机关的文件",
            },
        )
        made.append(document)
    return made


def _fund(unit: OrgUnit, name: str, tier: Tier, year: int, document: PolicyDocument | None) -> Fund:
    fund = Fund.objects.create(
        name=name + MARK,
        source=Source.LOTTERY if document else Source.FISCAL,
        tier=tier,
        year=year,
        unit=unit,
        document=document,
        clause="二" if document else "",
        purpose="支持乡镇（街道）社工站场地改造、设备购置、服务活动、服务人员补贴和宣传"
        if document
        else "社工站政府购买服务和运转补助",
        permitted=[str(category) for category in SCOPE] if document else [],
        is_demo=True,
    )
    uses = [FundForbiddenUse(fund=fund, category=use, clause="四" if document else "") for use in USUALLY_FORBIDDEN]
    FundForbiddenUse.objects.bulk_create(uses)
    return fund


def _pass_down(
    rng: Random,
    book: Book,
    fund: Fund,
    places: list[Place],
    odd: Odd,
    today: date,
    *,
    share: tuple[int, int],
    by_way_of_city: bool = False,
    all_spent: bool = False,
) -> None:
    """From the fund's unit over counties and townships to each station, and its payments there."""
    amounts = {place.station.pk: Decimal(rng.randint(*share) * 1000) for place in places}
    start = date(fund.year, 2, 1) + timedelta(days=rng.randint(0, 14))
    book.receive(
        fund, start, sum(amounts.values(), Decimal(0)) + 10_000 * KEPT_BY_COUNTIES, f"演示财社〔{fund.year}〕9号"
    )
    sender, on = fund.unit, start + timedelta(days=rng.randint(3, 10))
    by_county: dict[int, list[Place]] = defaultdict(list)
    for place in places:
        by_county[place.county.pk].append(place)
    if by_way_of_city:
        city = OrgUnit.objects.get(children=places[0].county)
        arrives = on + timedelta(days=3)
        book.send(fund, sender, city, on, Decimal(book.held[fund.pk, sender.pk]) / 100, arrives)
        sender, on = city, arrives + timedelta(days=rng.randint(2, 8))
    spare = Decimal(book.held[fund.pk, sender.pk]) / 100 - sum(amounts.values(), Decimal(0))
    kept_at = [key for key in by_county if key in odd.counties and not all_spent]
    for key, here in by_county.items():
        county = here[0].county
        kept = (spare / len(kept_at)).quantize(Decimal(1)) if key in kept_at else Decimal(0)
        total = sum((amounts[place.station.pk] for place in here), kept)
        there = on + timedelta(days=rng.randint(2, 5))
        book.send(fund, sender, county, on, min(total, Decimal(book.held[fund.pk, sender.pk]) / 100), there)
        for place in here:
            _to_station(rng, book, fund, place, amounts[place.station.pk], there, odd, today, all_spent=all_spent)
    left = Decimal(book.held[fund.pk, sender.pk]) / 100
    if left:  # what nobody was promised, the unit pays for supervision of all its stations
        book.spend(_payment(book, fund, sender, C.ACTIVITY, B.CLIENTS, on, left, "全域社工站联合活动", "社会工作协会"))


def _to_station(
    rng: Random,
    book: Book,
    fund: Fund,
    place: Place,
    amount: Decimal,
    there: date,
    odd: Odd,
    today: date,
    *,
    all_spent: bool,
) -> None:
    station, township = place.station.unit, place.township
    sent = there + timedelta(days=rng.randint(2, 12))
    if place.station.pk in odd.on_the_way and not all_spent and fund.tier == Tier.CITY:
        late = today - timedelta(days=rng.randint(2, 12))
        part = amount / 4
        book.send(fund, place.county, township, late, part, None)
        amount -= part
    arrived = sent + timedelta(days=rng.randint(2, 6))
    book.send(fund, place.county, township, sent, amount, arrived)
    if township.pk in odd.townships and not all_spent:
        amount = (amount * 2 / 3).quantize(Decimal(1))  # the rest stays where it should not
    passed = arrived + timedelta(days=rng.randint(1, 10))
    here = passed + timedelta(days=rng.randint(0, 4))
    book.send(fund, township, station, passed, amount, here)
    used = Decimal(1) if all_spent else Decimal(rng.randint(84, 99)) / 100
    if place.station.pk in odd.slow and not all_spent:
        used = Decimal(rng.randint(35, 65)) / 100
    _spend(rng, book, fund, place, (amount * used).quantize(Decimal("0.01")), here, odd, today)


def _spend(
    rng: Random, book: Book, fund: Fund, place: Place, total: Decimal, since: date, odd: Odd, today: date
) -> None:
    """Six to ten payments from the arrival to the end of the fund's year, to today or to the station's last day."""
    last = min(today, date(fund.year, 12, 20))
    if place.station.closed_on:
        last = min(last, place.station.closed_on - timedelta(days=1))
    count = rng.randint(6, 9) if fund.year == today.year and fund.tier == Tier.CITY else rng.randint(2, 3)
    cuts = sorted(rng.sample(range(5, 95), count - 1))
    shares = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    days = sorted(since + timedelta(days=rng.randint(0, max((last - since).days, 0))) for _ in shares)
    left = total
    key = place.station.pk
    for number, (share, on) in enumerate(zip(shares, days, strict=True)):
        amount = left if number == count - 1 else (total * share / 100).quantize(Decimal("0.1"))
        left -= amount
        category, serves, purposes, payee = rng.choices(BUYS, WEIGHTS)[0]
        purpose = rng.choice(purposes)
        if number == 1 and key in odd.diverted:
            odd.diverted.remove(key)
            category, purpose, payee = C.TRAINING, "外出参观学习", "远行会务"
        elif number == 1 and key in odd.encroached:
            odd.encroached.remove(key)
            serves, category, purpose, payee = B.TOWNSHIP_OFFICE, C.EQUIPMENT, "乡镇办公室购置空调", "便民办公设备行"
        book.spend(_payment(book, fund, place.station.unit, category, serves, on, amount, purpose, payee))


def _payment(
    book: Book,
    fund: Fund,
    unit: OrgUnit,
    category: Category,
    serves: Beneficiary,
    on: date,
    amount: Decimal,
    purpose: str,
    payee: str,
) -> Spending:
    return Spending(
        fund=fund, unit=unit, category=category, beneficiary=serves, spent_on=on, amount=amount, payee=payee + MARK,
        purpose=purpose, voucher_number=f"记-{len(book.spendings) + 1:05d}", is_demo=True,
        outside_scope=not fund.permits(category),
    )  # fmt: skip


def _of_county(rng: Random, book: Book, county: OrgUnit, year: int, today: date) -> None:
    """Fiscal money of the county itself: each quarter what the agencies are paid, soon after it came."""
    fund = _fund(county, f"{year}年{county.name}财政社工站补助", Tier.COUNTY, year, None)
    for month in (3, 6, 9, 12):
        on = date(year, month, rng.randint(3, 9))
        if on > today:
            break
        amount = Decimal(rng.randint(60, 180) * 1000)
        book.receive(fund, on, amount, f"演示区财〔{year}〕{month}号")
        paid = on + timedelta(days=rng.randint(3, 15))
        if paid <= today:
            words = f"第{month // 3}季度承接机构服务费"
            book.spend(_payment(book, fund, county, C.PURCHASE, B.STATION, paid, amount, words, "阳光社会工作服务中心"))


def _afterwards(rng: Random, book: Book, today: date, sign_ins: dict[str, User]) -> None:
    """What happens to rows that stand: reversals, money taken back, a checker's words, pictures of vouchers."""
    new = Book(held=book.held)
    plain = [row for row in book.spendings if row.category == C.ACTIVITY and row.unit.level == 5]
    for row in rng.sample(plain, REVERSED):
        row.reversed_on = min(row.spent_on + timedelta(days=rng.randint(1, 20)), today)
        new.post(
            E.SPENDING_REVERSED,
            row.fund,
            row.unit,
            row.reversed_on,
            row.amount,
            spending=row,
            note="金额登记有误（演示）",
        )
    for sent in _kept(book, today)[:TAKEN_BACK]:
        on, amount = today - timedelta(days=5), sent.amount / 10
        if money.fen(amount) <= book.held[sent.fund_id, sent.to_unit_id]:
            back = {"allocation": sent, "note": "结余收回（演示）"}
            new.post(E.RETURNED, sent.fund, sent.to_unit, on, amount, **back)
            new.post(E.TAKEN_BACK, sent.fund, sent.from_unit, on, amount, **back)
    Spending.objects.bulk_update([row for row in plain if row.reversed_on], ["reversed_on"])
    Entry.objects.bulk_create(new.entries)
    for holding in Holding.objects.filter(unit__in={entry.unit_id for entry in new.entries}):
        Holding.objects.filter(pk=holding.pk).update(fen=book.held[holding.fund_id, holding.unit_id])
    standing = [row for row in plain if not row.reversed_on]
    SpendingFlag.objects.create(
        spending=standing[0], kind=FindingKind.DIVERTED, category=C.RECEPTION, note="票据显示为餐饮费（演示）",
        flagged_by=sign_ins["city"], flagged_on=today,
    )  # fmt: skip
    diverted = next(row for row in book.spendings if row.outside_scope)
    Explanation.objects.create(
        kind=FindingKind.DIVERTED, subject=f"spending-{diverted.pk}", fund=diverted.fund, unit=diverted.unit,
        note="经核实为督导培训，已由县级调整用途（演示）", explained_by=sign_ins["city"],
    )  # fmt: skip
    home = sign_ins["county"].current_postings()[0].unit
    near = [row for row in standing[1:] if row.unit.path.startswith(home.path)] or standing
    for row in near[:VOUCHERS]:
        file = SimpleUploadedFile(f"凭证{row.voucher_number}.png", voucher_picture(row), content_type="image/png")
        attach(by=None, target=row, unit=row.unit, files=[file], slot="voucher", is_demo=True)


def _kept(book: Book, today: date) -> list[Allocation]:
    """Allocations to stations that still hold a good part of them."""
    return [
        row
        for row in book.allocations
        if row.to_unit.level == 5
        and row.received_on
        and row.received_on < today
        and book.held[row.fund_id, row.to_unit_id] > money.fen(row.amount) // 3
    ]
