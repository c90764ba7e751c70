"""`python -m config.prepare`: from an empty folder to a database with units, documents and demo data (`make run`).

Every step is repeatable and quick when there is nothing to do, so that a second start takes seconds.
"""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    _step("建立数据库", "migrate", verbosity=0)
    _collect_static()
    _step("载入行政区划", "load_units")
    _step("载入制度文件和工作日历", "load_policies")
    _step("载入缺省建设标准", "load_standards")
    _step("载入演示数据并计算", "demo", if_empty=True)
    port = os.environ.get("PORT", "8000")
    print(f"\n社站通已就绪：http://127.0.0.1:{port}/  （Ctrl-C 停止）", flush=True)


def _step(label: str, command: str, **options: object) -> None:
    started = time.monotonic()
    print(f"· {label} …", flush=True)
    call_command(command, **options)
    print(f"  {time.monotonic() - started:.1f} 秒", flush=True)


def _collect_static() -> None:
    """Collect only when a source file changed: hashing 20 MB of assets would make every start slow."""
    digest = hashlib.sha256()
    for entry in settings.STATICFILES_DIRS:
        folder = Path(str(entry[1] if isinstance(entry, tuple) else entry))
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            status = path.stat()
            digest.update(f"{path}:{status.st_size}:{status.st_mtime_ns}".encode())
    stamp = settings.STATIC_ROOT / ".stamp"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    _step("收集静态文件", "collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest.hexdigest())


if __name__ == "__main__":
    main()
