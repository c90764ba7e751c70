"""manage.py figures --unit CODE --month YYYY-MM: every indicator of a unit and month as JSON."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from reporting.figures import as_json, figures_of
from reporting.management.arguments import month_of, unit_of


class Command(BaseCommand):
    help = "输出一个单位一个月的全部指标（JSON）；没有计算过或无法计算的值为 null"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unit", default=None, metavar="CODE", help="12 位区划代码")
        parser.add_argument("--month", default=None, metavar="YYYY-MM", help="月份")

    def handle(self, *args: Any, **options: Any) -> None:
        unit, month = unit_of(options["unit"]), month_of(options["month"])
        figures = figures_of(unit, month)
        if figures.measures is None:
            self.stderr.write(f"{unit.name}{month.label}的数字还没有计算：请运行 manage.py compute {month}")
        self.stdout.write(json.dumps(as_json(figures), ensure_ascii=False, indent=2))
