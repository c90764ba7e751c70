"""manage.py load_policies: the shipped defaults, the public documents whose units are loaded, the official calendar."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Level, OrgUnit
from policies.actions import load_documents, seed_calendar


class Command(BaseCommand):
    help = "载入缺省规则、已有单位的制度文件和 2004–2026 年工作日历；可重复运行，已有条款不改动"

    def handle(self, *args: Any, **options: Any) -> None:
        if not OrgUnit.objects.filter(level=Level.NATION).exists():
            raise CommandError("还没有单位：请先运行 manage.py load_units")
        calendar = seed_calendar()
        loaded = load_documents()
        for line in loaded.skipped:
            self.stdout.write(line)
        self.stdout.write(
            f"新载入文件 {loaded.documents} 份、条款 {loaded.provisions} 条、工作日历 {calendar.years} 年"
        )
