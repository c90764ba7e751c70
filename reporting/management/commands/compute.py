"""manage.py compute YYYY-MM [--unit CODE]: count a month again, for the nation or for one unit and all below it."""

from __future__ import annotations

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import OrgUnit
from reporting.compute import compute_month
from reporting.management.arguments import month_of, unit_of


class Command(BaseCommand):
    help = "重新计算一个月的数字（全国，或一个单位及其下级；上级随之更新）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", nargs="?", metavar="YYYY-MM", help="月份")
        parser.add_argument("--unit", default=None, metavar="CODE", help="12 位区划代码；不给则为全国")

    def handle(self, *args: Any, **options: Any) -> None:
        month = month_of(options["month"])
        unit = None if options["unit"] is None else unit_of(options["unit"])
        if not OrgUnit.objects.exists():
            raise CommandError("还没有任何单位：请先运行 manage.py load_units")
        start = monotonic()
        units = compute_month(month, top=unit)
        self.stdout.write(f"{month.label}：{units} 个单位，用时 {monotonic() - start:.1f} 秒")
