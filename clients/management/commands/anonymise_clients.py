"""manage.py anonymise_clients [--dry-run] [--on YYYY-MM-DD]: anonymise closed files whose time is over.

Nothing runs it by itself: what it takes away does not come back, so somebody looks at the dry run first.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from clients.actions.retention import anonymise_file
from clients.models import Client
from clients.queries.retention import Overdue, overdue


class Command(BaseCommand):
    help = "把归档超过保存期限的服务对象档案匿名化，数字不变；先用 --dry-run 看会处理哪些站点的多少份"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只列出各站点的份数，不改动任何数据")
        parser.add_argument("--on", default="", metavar="YYYY-MM-DD", help="按哪一天计算期限，默认今天，不得晚于今天")

    def handle(self, *args: Any, **options: Any) -> None:
        on = _day(options["on"])
        files = 0
        for station in list(overdue(on)):
            if not options["dry_run"]:
                files += self._anonymise(station)
            else:
                files += len(station.closed)
            self.stdout.write(_line(station))
        done = "将匿名化（未改动）" if options["dry_run"] else "已匿名化"
        self.stdout.write(f"截至 {on}，{done} {files} 份档案")

    def _anonymise(self, station: Overdue) -> int:
        """A station in one transaction; a file that somebody works with meanwhile is left for the next time."""
        done = 0
        with transaction.atomic():
            for client in Client.objects.filter(pk__in=station.closed).order_by("pk"):
                try:
                    anonymise_file(by=None, client=client, closed_on=station.closed[client.pk], source=station.source)
                    done += 1
                except ValidationError as error:
                    self.stderr.write("；".join(error.messages))
        return done


def _line(station: Overdue) -> str:
    oldest = min(station.closed.values())
    county = station.station.unit.parent.parent if station.station.unit.parent else None
    where = f"{county.name} " if county else ""
    return (
        f"{where}{station.station}：{len(station.closed)} 份，最早 {oldest} 归档，"
        f"保存 {station.years} 年（{station.source}）"
    )


def _day(text: str) -> date:
    today = timezone.localdate()
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError:
        raise CommandError(f"“{text[:40]}”不是日期，应写作 2026-11-21") from None
    if day > today:
        raise CommandError("日期不能晚于今天：期限还没有到的档案不能匿名化")
    return day
