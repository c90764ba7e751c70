"""`manage.py demo`: stations, people, six months of activity and sign-ins on the real townships of two cities."""

from __future__ import annotations

from datetime import date, datetime
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import OrgUnit, User
from common.months import Month
from reporting.compute import compute_month
from reporting.demo import SEED
from reporting.demo.activity import build_services
from reporting.demo.agencies import build_agencies
from reporting.demo.building import build_building
from reporting.demo.cases import build_cases
from reporting.demo.clients import build_clients
from reporting.demo.features import build_features
from reporting.demo.funds import build_funds
from reporting.demo.groups import build_groups
from reporting.demo.linkage import build_linkage
from reporting.demo.people import build_people
from reporting.demo.places import build_places, build_rooms
from reporting.demo.replanned import replan
from reporting.demo.reports import build_reports, freeze_reports
from reporting.demo.review import build_review
from reporting.demo.sign_ins import PASSWORD, build_sign_ins, describe
from reporting.demo.stages import build_stages, propose_stages
from reporting.demo.standards import build_standards
from reporting.demo.team import build_team
from reporting.demo.visits import build_visits
from stations.models import StaleMonth, Station

FIRST_MONTH = Month(2021, 1)


def counted_months(today: date) -> list[Month]:
    """Every month since the first station was planned, so that the curve of building is whole."""
    return list(FIRST_MONTH.until(Month.of(today)))


class Command(BaseCommand):
    help = "载入演示数据：晋中市和兰州市的社工站、社工、近六个月的服务和月报，每个角色一个账号"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="已有演示数据时只打印账号")

    def handle(self, *args: Any, **options: Any) -> None:
        if Station.objects.filter(is_demo=True).exists():
            if not options["if_empty"]:
                raise CommandError("演示数据已经载入过；如需重来，请删除 var/ 后再运行")
        elif Station.objects.exists() or User.objects.exists():
            if not options["if_empty"]:
                raise CommandError("数据库里已有站点或用户，演示数据只载入空库")
        else:
            self.load(timezone.now())
        self.print_sign_ins()

    def load(self, now: datetime) -> None:
        with transaction.atomic():
            self.build(now)
        months = counted_months(timezone.localdate(now))
        for number, month in enumerate(months, 1):
            compute_month(month)
            if self.stdout.isatty() or month.month == 12 or number == len(months):
                ending = "\r" if self.stdout.isatty() and number < len(months) else "\n"
                self.stdout.write(f"  计算 {month} （{number}/{len(months)}）", ending=ending)
        StaleMonth.objects.all().delete()
        with transaction.atomic():
            proposals = propose_stages(timezone.localdate(now))
        self.stdout.write(f"  {proposals} 个站点提出进入下一发展阶段")

    def build(self, now: datetime) -> None:
        rng = Random(SEED)
        today = timezone.localdate(now)
        places = build_places(rng, today)
        build_rooms(rng, places)
        workers = build_people(rng, places, today)
        trainings = build_team(Random(f"{SEED}-team"), places, today)
        sign_ins = build_sign_ins(places, workers)
        services = build_services(rng, places, workers, now)
        files = build_clients(Random(f"{SEED}-clients"), places, today)
        volunteers = build_linkage(Random(f"{SEED}-linkage"), places, today)
        home = sign_ins["county"].current_postings()[0].unit
        reports = build_reports(rng, places, now, sign_ins["worker"], sign_ins["county"], home)
        replan(places, today, sign_ins["yuci"])
        checks = build_standards(Random(f"{SEED}-standards"), places, today, sign_ins)
        stages = build_stages(Random(f"{SEED}-stages"), places, today)
        features = build_features(Random(SEED), places, today)
        build_building(Random(f"{SEED}-building"), today, sign_ins)
        payments = build_funds(Random(f"{SEED}-funds"), places, today, sign_ins)
        contracts = build_agencies(Random(f"{SEED}-agencies"), places, today, sign_ins)
        cases = build_cases(Random(f"{SEED}-cases"), places, today, sign_ins)
        groups, activities = build_groups(Random(f"{SEED}-groups"), places, today)
        visits = build_visits(Random(f"{SEED}-visits"), today, sign_ins)
        warned = build_review(Random(f"{SEED}-review"), places, today, sign_ins)
        freeze_reports()
        people = sum(len(here) for here in workers.values())
        root = OrgUnit.objects.get(level=0)
        audit.record(by=None, verb="载入演示数据", target=root, unit=root)
        self.stdout.write(
            f"  {len(places)} 个社工站，{people} 名在站社工，{features} 个特色项目，{checks} 次建设标准检查"
        )
        self.stdout.write(f"  {trainings} 次培训，{stages} 个站点已过起步阶段")
        self.stdout.write(f"  {files} 份服务对象档案，{cases} 个个案，{groups} 个小组，{activities} 场社区活动")
        self.stdout.write(f"  {visits} 次探访，{volunteers} 名志愿者，{warned} 条服务有录入提示")
        self.stdout.write(f"  {services} 条服务，{reports} 份月报，{payments} 笔资金支出，{contracts} 份承接合同")

    def print_sign_ins(self) -> None:
        lines = describe()
        if lines:
            self.stdout.write(f"演示账号（密码都是 {PASSWORD}）：")
            for line in lines:
                self.stdout.write(line)
