"""manage.py drain: do the worker's recounts here and now, until nothing is stale."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from reporting import recount


class Command(BaseCommand):
    help = "立即重算所有已变动的月份（后台进程平时自动完成）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=float, default=3600.0, help="最长用时（秒）")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"已重算 {recount.drain(seconds=options['seconds'])} 项")
