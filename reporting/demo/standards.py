"""Standards of 晋中市 and 太谷区 over the default, checks of all stations, equipment, institutions and signs (R3)."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import OrgUnit, User
from files.actions import attach
from policies.actions import add_document
from policies.models import Dimension, PolicyDocument
from reporting.demo import MARK
from reporting.demo.features import STROKES
from reporting.demo.places import Place
from standards.actions import ItemDraft, issue_standard, load_default, tightening
from standards.actions.judging import failures_of, scores_of, states_of, verdicts
from standards.effective import Item, ItemKind
from standards.models import (
    Asset,
    Check,
    CheckAnswer,
    CheckKind,
    CheckState,
    DimensionScore,
    Institution,
    ItemFailure,
    Sign,
    Standard,
)
from standards.queries.in_force import StandardBook
from stations.models import Certificate, DimensionState, Employment, StationPosting

JINZHONG, TAIGU, YUCI = "140700000000", "140703000000", "140702000000"
SINCE, TIGHTER = date(2026, 1, 1), date(2026, 4, 1)
NEVER, ONLY_SELF = 0.03, 0.05  # shares of the stations that no county has looked at
PHOTOS = 5
ASSETS = [  # name, category, at most, yuan from and to, where
    ("办公桌椅", "FURNITURE", 6, 350, 900, "社工办公室"),
    ("档案柜", "FURNITURE", 3, 480, 1200, "档案室"),
    ("台式电脑", "IT", 3, 3600, 5200, "社工办公室"),
    ("打印复印一体机", "OFFICE", 1, 1600, 3800, "社工办公室"),
    ("投影仪", "SERVICE", 1, 2800, 5600, "多功能室"),
    ("移动音响", "SERVICE", 2, 600, 1500, "多功能室"),
    ("康复训练器材", "SERVICE", 4, 800, 2600, "多功能室"),
    ("宣传展架", "DISPLAY", 4, 120, 260, "大厅"),
]
RULES = [
    ("社工岗位职责", "DUTIES"),
    ("个案工作流程", "SERVICE"),
    ("服务档案管理制度", "RECORDS"),
    ("专项资金管理制度", "FINANCE"),
    ("督导与培训制度", "SUPERVISION"),
    ("志愿者管理制度", "VOLUNTEERS"),
]
SIGNS = [("社工站站牌", "PLATE"), ("服务公示栏", "BOARD"), ("形象墙", "WALL"), ("室内导视牌", "GUIDE")]


def build_standards(rng: Random, places: list[Place], today: date, sign_ins: dict[str, User]) -> int:
    """Everything of the standards room; how many checks. Dimension states follow from the checks as they do in life."""
    load_default()
    _issue()
    checks = _checks(rng, [place for place in places if not place.station.closed_on], today, sign_ins)
    _judge(places, checks, today)
    Standard.objects.update(judge_from=None)
    _registers(rng, places, today)
    _pictures(places)
    return len(checks)


# ---- standards ------------------------------------------------------------------------------------------------------


def _paper(code: str, number: str, title: str) -> PolicyDocument:
    return add_document(
        by=None, issuer=OrgUnit.objects.get(code=code), number=number, title=title + MARK,
        issued_on=date(2025, 12, 10), source="演示文件，并无此文",
    )  # fmt: skip


def _issue() -> None:
    """晋中市 sets the area and the workers and asks for papers on the wall; 太谷区 asks for more room from April on."""
    city = _paper(JINZHONG, "市民发〔2025〕演示12号", "晋中市乡镇（街道）社工站建设标准")
    county = _paper(TAIGU, "太民发〔2026〕演示3号", "太谷区提高社工站场地标准的通知")
    _paper(YUCI, "榆民发〔2026〕演示5号", "榆次区社工站规范化建设通知")
    book = StandardBook.load([city.issuer.path])
    default = {item.code: item for item in book.items(city.issuer.path, SINCE)}

    def tighter(code: str, **changed: object) -> ItemDraft:
        return tightening(default[code], clause="三", **changed)

    issue_standard(
        by=None, issuer=city.issuer, document=city, title="晋中市社工站建设标准" + MARK, year=2026, starts_on=SINCE,
        items=[
            tighter("AREA", minimum=40, necessary=True),
            tighter("WORKERS", minimum=2),
            tighter("ON_WALL", necessary=True),
            tighter("LOGO", necessary=True),
        ],
    )  # fmt: skip
    above = {item.code: item for item in StandardBook.load([county.issuer.path]).items(county.issuer.path, TIGHTER)}
    issue_standard(
        by=None, issuer=county.issuer, document=county, title="太谷区社工站建设标准" + MARK, year=2026,
        starts_on=TIGHTER, items=[tightening(above["AREA"], minimum=60, clause="二")],
    )  # fmt: skip


# ---- checks ---------------------------------------------------------------------------------------------------------


def _facts(places: Iterable[Place]) -> dict[int, tuple[int, int, int]]:
    """Station → workers, certified, full time, as they are posted now."""
    posted = StationPosting.objects.current().order_by().values_list("station_id", "worker_id")
    held = set(Certificate.objects.values_list("worker_id", flat=True))
    full = set(Employment.objects.current().filter(full_time=True).values_list("worker_id", flat=True))
    counts: dict[int, list[int]] = {place.station.pk: [0, 0, 0] for place in places}
    for station, worker in posted:
        if station in counts:
            counts[station][0] += 1
            counts[station][1] += worker in held
            counts[station][2] += worker in full
    return {key: (workers, certified, full_time) for key, (workers, certified, full_time) in counts.items()}


def _checks(rng: Random, places: list[Place], today: date, sign_ins: dict[str, User]) -> list[Check]:
    """A county check after completion; a self-check and a county check in the first months of this year's standard."""
    book, facts = StandardBook.load(), _facts(places)
    home = sign_ins["county"].current_postings()[0].unit
    checks: list[Check] = []
    answers: list[CheckAnswer] = []
    for place in places:
        draw = rng.random()
        if draw < NEVER:
            continue
        own = place.county.pk == home.pk
        station, quality = place.station.pk, rng.uniform(0.72, 0.97)
        first = min(place.completed_on + timedelta(days=rng.randint(8, 30)), today)
        if draw < NEVER + ONLY_SELF:
            plan = [(CheckKind.SELF, first, quality)]
        else:
            self_on = max(date(today.year, 1, 8) + timedelta(days=rng.randint(0, 60)), first)
            later = min(self_on + timedelta(days=rng.randint(5, 20)), today)
            plan = [(CheckKind.COUNTY, first, quality - 0.12)]
            if first < self_on <= today:
                plan += [(CheckKind.SELF, self_on, quality), (CheckKind.COUNTY, later, quality)]
        before: dict[str, CheckAnswer] = {}
        own_check: Check | None = None
        for kind, on, level in plan:
            by = sign_ins["county"] if own and kind == CheckKind.COUNTY else None
            check = _check(place, kind, on, by, own_check if kind == CheckKind.COUNTY else None)
            items = book.items(place.station.unit.path, on)
            rows = _answers(rng, check, items, level, facts[station], place, before if check.self_check else {})
            checks.append(check)
            answers += rows
            if kind == CheckKind.SELF:
                own_check, before = check, {row.code: row for row in rows}
    Check.objects.bulk_create([check for check in checks if check.self_check is None], batch_size=500)
    Check.objects.bulk_create([check for check in checks if check.self_check is not None], batch_size=500)
    CheckAnswer.objects.bulk_create(answers, batch_size=1000)
    by_check: dict[int, list[CheckAnswer]] = {}
    for row in answers:
        by_check.setdefault(row.check_of_id, []).append(row)
    for check in checks:  # what prefetch_related would read back
        vars(check)["_prefetched_objects_cache"] = {"answers": by_check[check.pk]}
    return checks


def _check(place: Place, kind: CheckKind, on: date, by: User | None, own: Check | None) -> Check:
    at = datetime.combine(on, time(16, 30), tzinfo=timezone.get_default_timezone())
    return Check(
        station=place.station, kind=kind, state=CheckState.SUBMITTED, checked_on=on, self_check=own, opened_by=by,
        submitted_by=by, submitted_at=at,
    )  # fmt: skip


def _answers(
    rng: Random,
    check: Check,
    items: list[Item],
    level: float,
    facts: tuple[int, int, int],
    place: Place,
    before: dict[str, CheckAnswer],
) -> list[CheckAnswer]:
    rows = []
    numbers = {
        "AREA": Decimal(place.station.area_square_metres or 0),
        "COMPUTERS": Decimal(rng.choice([1, 2, 2, 3])),
        "WORKERS": Decimal(facts[0]),
        "CERTIFIED": Decimal(facts[1]),
        "FULL_TIME": Decimal(facts[2]),
    }
    for item in items:
        demand = item.demand
        row = CheckAnswer(check_of=check, code=item.code)
        well = rng.random() < (1 - (1 - level) / 5 if demand.necessary else level)
        if demand.kind == ItemKind.NUMBER:
            row.number = numbers[item.code]
        elif demand.kind == ItemKind.CHOICE:
            row.choice = demand.options[rng.choice([1, 1, 2]) if well else 0]
        elif demand.kind == ItemKind.YES_NO:
            row.yes = well
        earlier = before.get(item.code)
        if earlier is not None and rng.random() < 0.97:  # the county mostly agrees with the station
            row.yes, row.number, row.choice = earlier.yes, earlier.number, earlier.choice
        elif earlier is not None and (row.yes, row.choice) != (earlier.yes, earlier.choice):
            row.note = "现场核实与自查不符" + MARK
        rows.append(row)
    return rows


def _judge(places: list[Place], checks: list[Check], today: date) -> None:
    """Scores, failures and states, as standards.actions.judging makes them, for all stations at once."""
    book = StandardBook.load()
    by_station: dict[int, list[Check]] = {}
    for check in checks:
        if check.kind == CheckKind.COUNTY:
            by_station.setdefault(check.station_id, []).append(check)
    scores, failures, states = [], [], []
    for place in places:
        found = verdicts(by_station.get(place.station.pk, []), book, place.station.unit.path, today)
        scores += scores_of(place.station, found)
        failures += failures_of(place.station, found)
        for dimension in Dimension:
            spells = states_of(dimension, found)
            for spell, after in zip(spells, [*spells, None][1:], strict=True):
                states.append(
                    DimensionState(
                        station=place.station,
                        dimension=dimension,
                        met=spell.met,
                        note=spell.note,
                        starts_on=spell.on,
                        ends_on=after.on if after else None,
                    )
                )
    DimensionScore.objects.bulk_create(scores, batch_size=500)
    ItemFailure.objects.bulk_create(failures, batch_size=500)
    DimensionState.objects.bulk_create(states, batch_size=500)


# ---- registers ------------------------------------------------------------------------------------------------------


def _registers(rng: Random, places: list[Place], today: date) -> None:
    assets: list[Asset] = []
    rules: list[Institution] = []
    signs: list[Sign] = []
    for place in places:
        start = place.completed_on
        for name, category, most, low, high, where in rng.sample(ASSETS, rng.randint(3, 6)):
            assets.append(
                Asset(
                    station=place.station,
                    name=name + MARK,
                    category=category,
                    quantity=rng.randint(1, most),
                    state=rng.choices(["IN_USE", "IDLE", "DAMAGED"], [92, 5, 3])[0],
                    source=rng.choices(["FISCAL", "LOTTERY", "DONATION", "TRANSFER"], [4, 4, 1, 1])[0],
                    price=Decimal(rng.randrange(low, high, 10)),
                    location=where,
                    starts_on=start - timedelta(days=rng.randint(5, 60)),
                )
            )
        for name, kind in rng.sample(RULES, rng.randint(3, 5)):
            on = min(start + timedelta(days=rng.randint(0, 40)), today)
            rules.append(
                Institution(station=place.station, name=name, kind=kind, on_wall=rng.random() < 0.85, starts_on=on)
            )
        for name, kind in SIGNS[: rng.randint(1, 3)]:
            on = min(start + timedelta(days=rng.randint(0, 15)), today)
            state = rng.choices(["GOOD", "WORN"], [9, 1])[0]
            signs.append(Sign(station=place.station, name=name, kind=kind, state=state, starts_on=on))
    Asset.objects.bulk_create(assets, batch_size=500)
    Institution.objects.bulk_create(rules, batch_size=500)
    Sign.objects.bulk_create(signs, batch_size=500)


def _pictures(places: list[Place]) -> None:
    """A drawn picture of the sign of a few stations."""
    signs = Sign.objects.filter(station__in=[place.station.pk for place in places], kind="PLATE", ends_on=None)
    for number, sign in enumerate(signs.select_related("station__unit").order_by("pk")[:PHOTOS]):
        file = SimpleUploadedFile("站牌.png", _plate(number), content_type="image/png")
        attach(by=None, target=sign, unit=sign.station.unit, files=[file], slot="photo", is_demo=True)


def _plate(number: int) -> bytes:
    """An upright white plate on a wall, with 演示 across; each number its own colours."""
    hue = 20 + number * 47
    image = Image.new("RGB", (300, 400), f"hsl({hue}, 25%, 72%)")
    draw = ImageDraw.Draw(image)
    draw.rectangle((95, 30, 205, 370), fill="white", outline=f"hsl({hue}, 40%, 35%)", width=4)
    for row in range(5):
        draw.rectangle((125, 60 + row * 58, 175, 100 + row * 58), outline=f"hsl({hue}, 55%, 40%)", width=5)
    for stroke in STROKES:
        draw.line([(90 + x * 3, 320 + y * 2) for x, y in stroke], fill=f"hsl({hue}, 60%, 30%)", width=3)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
