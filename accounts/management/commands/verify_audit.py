"""manage.py verify_audit"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.queries.audit import verify


class Command(BaseCommand):
    help = "核对审计日志的封签链，发现改动即以非零状态退出"

    def handle(self, *args: Any, **options: Any) -> None:
        found = verify()
        self.stdout.write(f"封签 {found.seals} 个，已封 {found.sealed} 条，待封 {found.unsealed} 条。")
        if not found.guarded:
            self.stderr.write("数据库触发器缺失：审计日志可以被修改或删除。")
        for problem in found.problems:
            self.stderr.write(problem)
        if found.problems or not found.guarded:
            raise CommandError("审计日志核对未通过")
        self.stdout.write("核对通过，没有发现改动。")
