"""50,000 people and 200,000 services on PostgreSQL: pages keep their query counts and read no big table from end to
end."""

from __future__ import annotations

import os

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.clients.make import make_client
from tests.clients.scale import crowd, seq_scans

pytestmark = pytest.mark.services

# Queries that a page asks once it has rows to show, however many: before the crowd there is one file, of no group and
# without a service.
ROWS_AT_ALL = {"list of a group": 3, "initials": 3, "file": 3, "services": 4, "log form": 1}


@pytest.fixture
def ask(world, rules, sign_in):
    """`ask(page)` → the queries of the page for the worker, asked twice (the first time fills caches)."""
    if "DATABASE_URL" not in os.environ or connection.vendor != "postgresql":
        pytest.skip("needs DATABASE_URL (make test-services)")
    client = sign_in(world.worker)

    def queries(page) -> list[str]:
        page(client)
        with CaptureQueriesContext(connection) as found:
            answer = page(client)
        assert answer.status_code in (200, 302)
        return [query["sql"] for query in found.captured_queries]

    return queries


def pages(person):
    """Name → how the page is asked for."""
    number = person.id_number
    return {
        "list": lambda client: client.get(reverse("client_list")),
        "list of a group": lambda client: client.get(reverse("client_list", query={"focus": "elderly", "sort": "age"})),
        "name": lambda client: client.post(reverse("client_list"), {"q": "大山"}),
        "initials": lambda client: client.post(reverse("client_list"), {"q": "wds"}),
        "number": lambda client: client.post(reverse("client_list"), {"q": number}),
        "file": lambda client: client.get(reverse("client_detail", args=[person.pk])),
        "services": lambda client: client.get(reverse("service_list")),
        "today": lambda client: client.get(reverse("today")),
        "log form": lambda client: client.get(reverse("service_log")),
    }


def test_pages_cost_the_same_and_scan_no_big_table(world, station, ask):
    small = make_client(station, "演示大山", id_number="990000195003011015")
    few = {name: len(ask(page)) for name, page in pages(small).items()}
    person = crowd(world)
    statements = {name: ask(page) for name, page in pages(person).items()}
    assert {name: found for name, asked in statements.items() if (found := seq_scans(asked))} == {}
    grown = {name: len(asked) - few[name] for name, asked in statements.items() if len(asked) != few[name]}
    assert grown == ROWS_AT_ALL
