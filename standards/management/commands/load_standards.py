"""manage.py load_standards: the shipped default standard."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from policies.models import PolicyDocument
from standards.actions import load_default


class Command(BaseCommand):
    help = "载入缺省建设标准；可重复运行，已有标准不改动"

    def handle(self, *args: Any, **options: Any) -> None:
        if not PolicyDocument.objects.filter(is_default=True).exists():
            raise CommandError("还没有缺省规则：请先运行 manage.py load_policies")
        loaded = load_default()
        self.stdout.write(f"已载入“{loaded}”" if loaded else "缺省建设标准已经载入过")
