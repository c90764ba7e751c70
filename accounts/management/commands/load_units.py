"""manage.py load_units [--under CODE]"""

from __future__ import annotations

import re
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import UnknownUnitCode, load_units
from accounts.units_file import DATA, read_former_codes, read_units


class Command(BaseCommand):
    help = "载入全国行政区划（到乡镇、街道），可重复运行"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--under", metavar="CODE", help="只载入该单位的上级和下级，如 140700000000")
        parser.add_argument("--folder", type=Path, default=DATA, help="清单所在目录（缺省：随系统提供）")

    def handle(self, *args: Any, **options: Any) -> None:
        under = options["under"]
        if under is not None and not re.fullmatch(r"\d{12}", under):
            raise CommandError(f"区划代码应为 12 位数字，收到“{under[:20]}”")
        began = time.monotonic()
        try:
            result = load_units(
                by=None, rows=read_units(options["folder"]), former=read_former_codes(options["folder"]), under=under
            )
        except UnknownUnitCode as error:
            raise CommandError(str(error)) from None
        except FileNotFoundError as error:
            raise CommandError(f"找不到区划清单：{error.filename}") from None
        seconds = time.monotonic() - began
        self.stdout.write(f"新增 {result.added} 个单位、{result.former_codes} 条历史代码。用时 {seconds:.1f} 秒。")
        self.stdout.write(
            f"更名 {result.renamed}，换码 {result.recoded}，撤销 {result.closed}，未变 {result.unchanged}。"
        )
        if result.gone:
            self.stdout.write(f"{result.gone} 个单位不在清单中，原样保留。")
        for unit in result.elsewhere:
            self.stderr.write(f"上级与清单不同，原样保留：{unit}")
