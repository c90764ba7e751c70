"""The installable web app: its manifest, the service worker at the root of the site, the page shown without a line.

The worker is static/js/offline/worker.js with what it needs to know put before it: the addresses of the pages that a
station's worker opens without a line, and the release. A new release has another text, so browsers replace the worker.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.gate import open_to_all
from accounts.models import User
from accounts.roles import Permission

SCRIPTS = Path(settings.BASE_DIR) / "static/js/offline"
SHARED = ("vendor/idb/umd.js", "js/offline/store.js", "js/offline/send.js")
COLOUR = "#1f3a5f"


def app_of(user: User) -> str:
    """For the pages of who logs services: the addresses of the app as JSON; "" for anyone else."""
    return json.dumps(addresses()) if user.paths(Permission.LOG_SERVICE) else ""


@lru_cache(maxsize=1)
def addresses() -> dict[str, str]:
    names = {"worker": "service_worker", "offline": "offline_page", "today": "today", "log": "service_log"}
    names |= {"waiting": "service_waiting", "submit": "service_submit"}
    return {"static": settings.STATIC_URL, **{key: reverse(name) for key, name in names.items()}}


@lru_cache(maxsize=1)
def _release() -> str:
    """Changes with every static file, where their names carry hashes."""
    known: Any = staticfiles_storage
    names = getattr(known, "hashed_files", None) or {}
    return hashlib.sha256(json.dumps(sorted(names.values())).encode()).hexdigest()[:12]


@require_safe
@cache_control(no_cache=True)
@open_to_all("程序文件，不含数据；登录前后都要能更新")
def service_worker(request: HttpRequest) -> HttpResponse:
    imports = ", ".join(json.dumps(static(name)) for name in SHARED)
    known = json.dumps({**addresses(), "release": _release()})
    text = (SCRIPTS / "worker.js").read_text()
    head = f"self.APP = {known};\nimportScripts({imports});\n"
    return HttpResponse(head + text, content_type="text/javascript; charset=utf-8")


@require_safe
@cache_control(max_age=3600)
@open_to_all("应用清单，浏览器不带登录状态读取")
def app_manifest(request: HttpRequest) -> JsonResponse:
    def picture(name: str, size: str, kind: str, purpose: str = "any") -> dict[str, str]:
        return {"src": static(name), "sizes": size, "type": kind, "purpose": purpose}

    log = reverse("service_log")
    content = {
        "id": "/",
        "name": "社站通",
        "short_name": "社站通",
        "description": "乡镇（街道）社会工作服务站综合管理",
        "lang": "zh-Hans",
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": COLOUR,
        "background_color": "#ffffff",
        "icons": [
            picture("img/favicon.svg", "any", "image/svg+xml"),
            picture("img/app-192.png", "192x192", "image/png"),
            picture("img/app-512.png", "512x512", "image/png"),
            picture("img/app-maskable-512.png", "512x512", "image/png", "maskable"),
        ],
        "shortcuts": [{"name": "登记服务", "url": log}, {"name": "待发送", "url": reverse("service_waiting")}],
    }
    return JsonResponse(content, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@require_safe
@open_to_all("没有网络时显示的页面，不含数据")
def offline_page(request: HttpRequest) -> HttpResponse:
    """`?left=1`: after signing out without a line."""
    return render(request, "offline.html", {"left": "left" in request.GET})
