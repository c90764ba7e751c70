"""Run by common.spreadsheets as a process of its own: an .xlsx on stdin, its rows as JSON on stdout.

A limit on memory holds for the whole process, so that a hostile file ends this one and not the server.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from datetime import date, datetime, time
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook


def text(value: Any) -> str:
    """A cell as a person reads it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def rows_of(data: bytes, limits: dict[str, int]) -> dict[str, Any]:
    """{"rows": [[…]]} or {"error": 中文说明}."""
    rows: list[list[str]] = []
    characters = 0
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        if not workbook.sheet_names:
            return {"error": "文件里没有工作表"}
        for cells in workbook.get_sheet_by_index(0).to_python(skip_empty_area=False):
            row = [text(cell) for cell in cells]
            characters += sum(map(len, row))
            if len(rows) >= limits["rows"] or len(row) > limits["columns"] or characters > limits["characters"]:
                return {"error": f"最多 {limits['rows']} 行、{limits['columns']} 列，请拆分后再上传"}
            rows.append(row)
    except (CalamineError, OSError, ValueError):
        return {"error": "文件已损坏，或不是 Excel 表格（.xlsx）"}
    return {"rows": rows}


def main() -> None:
    limits = json.loads(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"], limits["memory_bytes"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(rows_of(sys.stdin.buffer.read(), limits), sys.stdout)


if __name__ == "__main__":
    main()
