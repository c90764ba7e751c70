"""manage.py due RULE --unit CODE (--month YYYY-MM | --date YYYY-MM-DD): the due date as one JSON line."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from accounts.models import FormerCode, OrgUnit
from common.months import Month
from policies.deadlines import About, Deadline, Subject
from policies.kinds import KINDS
from policies.models import ProvisionKind
from policies.queries import NoRule, RuleBook

# RULE → the kind of provision and its deadline.
RULES: dict[str, tuple[ProvisionKind, Deadline]] = {
    kind.value.lower(): (kind, declared.deadline) for kind, declared in KINDS.items() if declared.deadline
}
_SHAPE = {About.MONTH: "YYYY-MM", About.DAY: "YYYY-MM-DD"}


class Command(BaseCommand):
    help = "按当日有效的规定算出截止日期，输出一行 JSON"

    def add_arguments(self, parser: CommandParser) -> None:
        # Nothing is required of argparse itself: its messages are English, ours name the rule.
        parser.add_argument("rule", nargs="?", default="", metavar="RULE", help="、".join(RULES))
        parser.add_argument("--unit", default="", metavar="CODE", help="12 位区划代码")
        for about, shape in _SHAPE.items():
            asked = [f"{rule}：{deadline.asked}" for rule, (_, deadline) in RULES.items() if deadline.about is about]
            parser.add_argument(f"--{about.value}", default=None, metavar=shape, help="；".join(asked))

    def handle(self, *args: Any, **options: Any) -> None:
        rule = options["rule"]
        if rule not in RULES:
            raise CommandError(f"“{rule[:40]}”不是规则名，应为 {'、'.join(RULES)} 之一")
        day = _day_of(rule, options["month"], options["date"])
        try:
            unit = _unit(options["unit"])
            due = RuleBook.load([unit.path]).due(RULES[rule][0], unit.path, day)
        except NoRule as error:
            raise CommandError(str(error)) from None
        except DatabaseError:
            raise CommandError("数据库尚未就绪：请先运行 manage.py migrate") from None
        answer = {
            "due": due.due.isoformat(),
            "provisional": due.provisional,
            "document": due.document,
            "clause": due.clause,
            "reason": due.reason,
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False))


def _day_of(rule: str, month: str | None, day: str | None) -> Subject:
    _, deadline = RULES[rule]
    option, meaning = deadline.about.value, deadline.asked
    if month is not None and day is not None:
        raise CommandError(f"--month 和 --date 只能给一个；{rule} 需要 --{option}（{meaning}）")
    text = month if deadline.about is About.MONTH else day
    if text is None:
        raise CommandError(f"{rule} 需要 --{option} {_SHAPE[deadline.about]}（{meaning}）")
    try:
        return Month.parse(text) if deadline.about is About.MONTH else _parse_date(text)
    except ValueError as error:
        raise CommandError(str(error)) from None


def _parse_date(text: str) -> date:
    problem = ValueError(f"“{text[:20]}”不是有效日期，应写作 2023-05-31，1990 年至 2099 年之间")
    if not re.fullmatch(r"(199\d|20\d\d)-\d{2}-\d{2}", text, re.ASCII):
        raise problem
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise problem from None


def _unit(code: str) -> OrgUnit:
    if not code:
        raise CommandError("请用 --unit 给出 12 位区划代码，如 --unit 140700000000")
    unit = OrgUnit.objects.filter(code=code).first()
    if unit:
        return unit
    former = FormerCode.objects.filter(code=code).select_related("unit").first()
    hint = f"；它是{former.unit.name}的原代码，现为 {former.unit.code}" if former else ""
    raise CommandError(f"没有代码为“{code[:40]}”的单位{hint}")
