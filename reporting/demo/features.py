"""Feature projects 一站一品 of demo stations: themes, steps by their counties and cities, a few drawn pictures."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import Posting, User
from accounts.roles import Role
from files.actions import attach
from reporting.demo import MARK
from reporting.demo.places import Place
from stations.models import FeatureGroup, FeatureProject, FeatureState, FeatureStep, FeatureStepKind

G, K, S = FeatureGroup, FeatureStepKind, FeatureState
PER_COUNTY = 4
PICTURES = 18
WAITING, LAST_YEARS, DRAFT = 1, 2, 3  # which of a county's four
# Theme, group, whom it serves, what is done.
THEMES = [
    ("夕阳有伴", G.ELDERLY, "辖区独居、空巢老人 {n} 人", "组织低龄老人与高龄老人结对，每周两次探访、一次电话问候"),
    ("银龄课堂", G.ELDERLY, "60 岁以上老年人 {n} 人", "开设智能手机、合唱和手工班，每月四次课"),
    ("童心港湾", G.CHILDREN, "留守儿童 {n} 人", "放学后托管、作业辅导和亲情视频，每周五天开放"),
    ("护苗成长", G.CHILDREN, "困境儿童 {n} 人", "一人一档建立成长档案，链接志愿者结对陪伴"),
    ("暖心微光", G.ORPHANS, "孤儿和事实无人抚养儿童 {n} 人", "由社工担任陪伴人，每月家访并协调助学资源"),
    ("邻里互助社", G.RESIDENTS, "社区居民 {n} 户", "培育社区社会组织，开展议事协商和邻里互助"),
    ("清风入户", G.HARDSHIP, "低保、低边家庭 {n} 户", "入户核对需求，代办救助申请，跟踪政策落实"),
    ("希望菜园", G.HARDSHIP, "支出型困难家庭 {n} 户", "在闲置地块开展种养帮扶，产品由慈善超市代销"),
    ("同行无碍", G.DISABLED, "重度残疾人 {n} 人", "居家康复指导和辅具借用，志愿者陪同出行"),
    ("老技艺新传人", G.RESIDENTS, "社区青少年和手艺人 {n} 人", "请民间艺人开班授艺，成果义卖支持困难家庭"),
    ("红白理事新风", G.RESIDENTS, "村（社区）居民 {n} 户", "组建红白理事会，推行简办婚丧事宜"),
    ("阳光小院", G.ELDERLY, "失能老人家庭 {n} 户", "为照护者提供喘息服务和照护培训"),
]
RESULTS = "项目实施以来开展活动 {a} 次，服务 {b} 人次，培育志愿者 {c} 名，服务对象满意度回访良好。" + MARK
# The strokes of 演示 on a grid of 20 × 20 each: no font for them has to be there.
STROKES = [
    [(2, 3), (4, 5)], [(1, 8), (4, 9)], [(2, 18), (5, 13)], [(12, 1), (12, 3)], [(7, 6), (7, 4), (18, 4), (18, 6)],
    [(9, 7), (16, 7)], [(8, 9), (17, 9), (17, 15), (8, 15), (8, 9)], [(8, 12), (17, 12)], [(12, 7), (12, 15)],
    [(10, 16), (7, 19)], [(14, 16), (18, 19)],
    [(26, 3), (35, 3)], [(22, 8), (39, 8)], [(31, 8), (31, 18), (29, 17)], [(27, 11), (24, 15)], [(35, 11), (38, 15)],
]  # fmt: skip


def build_features(rng: Random, places: list[Place], today: date) -> int:
    """Three or four projects of each county of both cities, one of them last year's. How many."""
    officials = _officials()
    features: list[FeatureProject] = []
    counties: dict[int, list[Place]] = {}
    for place in places:
        if place.operating_from:
            counties.setdefault(place.county.pk, []).append(place)
    for county, here in enumerate(counties.values()):
        for number, place in enumerate(here[:PER_COUNTY]):
            features.append(_feature(rng, place, county, number, today))
    FeatureProject.objects.bulk_create(features)
    FeatureStep.objects.bulk_create(step for feature in features for step in _steps(feature, officials))
    shown = [feature for feature in features if feature.state == S.APPROVED]
    for number, feature in enumerate(shown[:PICTURES]):
        file = SimpleUploadedFile(f"{feature.name}.png", _picture(number), content_type="image/png")
        attach(by=None, target=feature, unit=feature.station.unit, files=[file], slot="photo", is_demo=True)
    return len(features)


def _feature(rng: Random, place: Place, county: int, number: int, today: date) -> FeatureProject:
    """The `number`th project of a county: recommended, waiting for the county, finished last year, a draft."""
    name, group, served, plan = THEMES[(county * PER_COUNTY + number) % len(THEMES)]
    year = today.year - (number == LAST_YEARS)
    feature = FeatureProject(
        station=place.station,
        year=year,
        name=f"{name}{MARK}",
        group=group,
        served=served.format(n=rng.randint(20, 180)),
        plan=f"{plan}。由站点牵头，{place.township.name}提供场地，每季度小结一次。{MARK}",
        is_demo=True,
    )
    begin = max(date(year, 2, 1), place.completed_on + timedelta(days=30))
    days = [begin + timedelta(days=offset) for offset in (rng.randint(0, 40), rng.randint(45, 80), 120, 170, 240)]
    if number == DRAFT or days[0] > today:
        return feature
    feature.state, feature.applied_on = S.APPLIED, days[0]
    if number == WAITING or days[1] > today:
        return feature
    feature.state, feature.approved_on = S.APPROVED, days[1]
    feature.results = RESULTS.format(a=rng.randint(12, 60), b=rng.randint(200, 2400), c=rng.randint(5, 40))
    if number == LAST_YEARS:
        feature.state, feature.finished_on = S.FINISHED, max(date(year, 12, 20), days[1])
    elif county % 8 == 7 and days[4] <= today:
        feature.state, feature.stopped_on = S.STOPPED, days[4]
    elif days[2] <= today:
        feature.to_city_on = days[2]
        if county % 4 == 0 and days[3] <= today:
            feature.to_province_on = days[3]
    return feature


def _officials() -> list[tuple[str, User]]:
    """Path → demo user of a station, county or city: who took the steps there, where there is one."""
    roles = (Role.STATION_WORKER, Role.COUNTY_OFFICIAL, Role.CITY_OFFICIAL)
    postings = Posting.objects.filter(role__in=roles).select_related("unit", "user")
    return [(posting.unit.path, posting.user) for posting in postings]


def _steps(feature: FeatureProject, officials: Iterable[tuple[str, User]]) -> list[FeatureStep]:
    # By the length of the path: the station, its county, its city.
    at = {len(top): user for top, user in officials if feature.station.unit.path.startswith(top)}
    station, county, city = at.get(24), at.get(16), at.get(12)
    dated = [
        (K.APPLIED, feature.applied_on, station, ""),
        (K.APPROVED, feature.approved_on, county, "主题鲜明，符合当地需求"),
        (K.TO_CITY, feature.to_city_on, county, "成效较好，建议推广"),
        (K.TO_PROVINCE, feature.to_province_on, city, "在全市交流"),
        (K.FINISHED, feature.finished_on, county, "按方案完成"),
        (K.STOPPED, feature.stopped_on, county, "承接机构调整"),
    ]
    return [
        FeatureStep(feature=feature, kind=kind, on=on, by=by, comment=comment, at=_noon(on))
        for kind, on, by, comment in dated
        if on is not None
    ]


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _picture(number: int) -> bytes:
    """A house, a sun and people in flat colours, with 演示 across; each number its own colours."""
    hue = (number * 53) % 360
    image = Image.new("RGB", (480, 300), f"hsl({hue}, 45%, 88%)")
    draw = ImageDraw.Draw(image)
    draw.ellipse((380, 24, 440, 84), fill=f"hsl({(hue + 40) % 360}, 80%, 62%)")
    draw.rectangle((0, 220, 480, 300), fill=f"hsl({(hue + 120) % 360}, 30%, 70%)")
    draw.polygon([(60, 140), (150, 70), (240, 140)], fill=f"hsl({hue}, 50%, 45%)")
    draw.rectangle((80, 140, 220, 240), fill=f"hsl({hue}, 40%, 70%)")
    draw.rectangle((130, 180, 165, 240), fill=f"hsl({hue}, 50%, 35%)")
    for person in range(2 + number % 4):
        left = 260 + person * 46
        draw.ellipse((left, 160, left + 26, 186), fill=f"hsl({(hue + 30 * person) % 360}, 45%, 55%)")
        draw.rounded_rectangle((left - 4, 188, left + 30, 250), 12, fill=f"hsl({(hue + 60 * person) % 360}, 50%, 48%)")
    for stroke in STROKES:
        draw.line([(16 + x * 3, 12 + y * 3) for x, y in stroke], fill=f"hsl({hue}, 60%, 30%)", width=3)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
