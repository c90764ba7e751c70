"""A real browser against a real server, with a real worker on the same database and broker (make test-services)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.world import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
# Playwright's loop runs in the test's own thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield started
        started.close()


@pytest.fixture
def recounts(transactional_db) -> Iterator[subprocess.Popen]:
    """A celery worker on this test's own database and broker."""
    if connection.vendor == "sqlite":
        pytest.skip("the test database of SQLite lives in memory, where no other process can see it")
    parts = connection.settings_dict
    url = f"postgres://{parts['USER']}:{parts['PASSWORD']}@{parts['HOST']}:{parts['PORT']}/{parts['NAME']}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": url,
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
    }
    command = ["-m", "celery", "-A", "config", "worker", "--pool", "solo", "--queues", "recounts", "-l", "WARNING"]
    worker = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment)
    time.sleep(0.1)
    yield worker
    worker.terminate()
    worker.wait(timeout=20)


@pytest.fixture
def open_as(browser, live_server):
    """`open_as(user, width)` signs that user in by the form and gives the page; a console error fails the test."""
    opened: list[tuple[Page, list[str]]] = []

    def sign_in(user, width: int = 1440) -> Page:
        page = browser.new_page(base_url=live_server.url, viewport={"width": width, "height": 900})
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        opened.append((page, errors))
        page.goto("/sign-in/")
        page.fill("input[name=username]", user.username)
        page.fill("input[name=password]", PASSWORD)
        page.click("form button[type=submit]")
        page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    yield sign_in
    problems = [text for _, errors in opened for text in errors]
    for page, _ in opened:
        page.close()
    assert not problems
