"""manage.py anonymise [--dry-run] [--on YYYY-MM-DD]: anonymise persons whose time is over: all that clients.retention
knows, closed files first.

Nothing runs it by itself: what it takes away does not come back, so somebody looks at the dry run first.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clients.queries.retention import Overdue, overdue
from clients.retention import KEPT


class Command(BaseCommand):
    help = "把超过保存期限的服务对象档案、志愿者和个人捐赠人匿名化，数字不变；先用 --dry-run 看会处理哪里的多少"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只列出各单位的数量，不改动任何数据")
        parser.add_argument("--on", default="", metavar="YYYY-MM-DD", help="按哪一天计算期限，默认今天，不得晚于今天")

    def handle(self, *args: Any, **options: Any) -> None:
        on, dry = _day(options["on"]), options["dry_run"]
        done: Counter[str] = Counter()
        for place in list(overdue(on)):
            done[place.kept.key] += len(place.ended) if dry else self._anonymise(place)
            self.stdout.write(_line(place))
        words = "将匿名化（未改动）" if dry else "已匿名化"
        told = "，".join(f"{kept.label} {done[kept.key]} {kept.measure}" for kept in KEPT.values())
        self.stdout.write(f"截至 {on}，{words}：{told}")

    def _anonymise(self, place: Overdue) -> int:
        """Each in its own transaction; one that somebody works with meanwhile is left for the next time."""
        done = 0
        for key, day in place.ended.items():
            try:
                place.kept.anonymise(key, ended_on=day, source=place.source)
                done += 1
            except ValidationError as error:
                self.stderr.write("；".join(error.messages))
        return done


def _line(place: Overdue) -> str:
    kept, oldest = place.kept, min(place.ended.values())
    return (
        f"{place.place}：{kept.label} {len(place.ended)} {kept.measure}，最早 {oldest} {kept.event}，"
        f"保存 {place.years} 年（{place.source}）"
    )


def _day(text: str) -> date:
    today = timezone.localdate()
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError:
        raise CommandError(f"“{text[:40]}”不是日期，应写作 2026-11-21") from None
    if day > today:
        raise CommandError("日期不能晚于今天：期限还没有到的不能匿名化")
    return day
