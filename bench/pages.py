"""Pages under the product's own server: a dashboard and two lists of 50 rows against an empty signed-in page."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from statistics import median
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Level, OrgUnit, Posting, User
from accounts.roles import Role
from bench.nation import MONTH

HOST = "127.0.0.1"
ROUNDS = 5
REQUESTS = 60  # a client, in each round
CLIENTS = 2
WARM_UP = 8


def rates() -> dict[str, Any]:
    """Requests a second for each page, medians over rounds in which the pages take turns, and ratios to the empty."""
    call_command("collectstatic", interactive=False, verbosity=0)
    session = _sign_in()
    pages = _pages()
    taken: dict[str, list[float]] = {name: [] for name in pages}
    with _server() as port:
        for path in pages.values():
            _rate(port, path, session, WARM_UP)
        for _ in range(ROUNDS):
            for name, path in pages.items():
                taken[name].append(_rate(port, path, session, REQUESTS))
    result = {name: median(rounds) for name, rounds in taken.items()}
    return {"rates": result, "ratios": {name: rate / result["empty"] for name, rate in result.items()}}


def _pages() -> dict[str, str]:
    city = OrgUnit.objects.filter(level=Level.CITY).order_by("path")[0]
    query = f"?unit={city.pk}&month={MONTH}"
    return {
        "empty": reverse("password_change"),
        "dashboard": f"{reverse('dashboard', args=[city.pk])}?month={MONTH}",
        "services": reverse("service_list") + query,
        "stations": reverse("station_list") + query,
    }


def _sign_in() -> str:
    """The session cookie of a city's official."""
    city = OrgUnit.objects.filter(level=Level.CITY).order_by("path")[0]
    user = User.objects.create_user("bench", None, name="测试员")
    Posting.objects.create(user=user, role=Role.CITY_OFFICIAL, unit=city, starts_on=date(2021, 1, 1))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@contextmanager
def _server() -> Iterator[int]:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    command = ["-m", "gunicorn", "config.wsgi", "--bind", f"{HOST}:{port}", "--workers", "1", "--threads", "4",
               "--worker-class", "gthread", "--keep-alive", "30", "--log-level", "error"]  # fmt: skip
    server = subprocess.Popen([sys.executable, *command], env={**os.environ, "LOG_LEVEL": "ERROR"})
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(port: int, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not start")


def _rate(port: int, path: str, session: str, requests: int) -> float:
    """Requests a second over CLIENTS connections that are kept open."""
    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        for result in [clients.submit(_ask, port, path, session, requests) for _ in range(CLIENTS)]:
            result.result()
    return CLIENTS * requests / (time.perf_counter() - start)


def _ask(port: int, path: str, session: str, requests: int) -> None:
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}", "Accept": "text/html"}
    for _ in range(requests):
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        if response.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{path}: {response.status} {body[:300]!r}")
    connection.close()
