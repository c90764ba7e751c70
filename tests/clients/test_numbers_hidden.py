"""An identity number of a person served is unreadable in every byte that the product keeps: tables, the database file
itself, the trail, jobs and their files, uploads, the log."""

from __future__ import annotations

import logging
import sqlite3
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse

from clients.models import Client
from jobs import actions as jobs
from jobs.models import Job, JobState
from tests.clients.conftest import NUMBER, number_of

OTHER = number_of(date(1950, 3, 1), 107)
NAME = "演示林大山"


@pytest.fixture
def lived(world, station, sign_in, caplog, monkeypatch):
    """Files opened with numbers, looked for, shown, corrected, refused and exported by the pages; what was logged."""
    monkeypatch.setattr(logging.getLogger("django"), "propagate", True)
    caplog.set_level("DEBUG")
    worker, township = sign_in(world.worker), sign_in(world.township)
    typed = {"station": station.pk, "name": NAME, "id_number": NUMBER, "opened_on": "2026-01-05"}
    assert worker.post(reverse("client_create"), typed).status_code == 302
    client = Client.objects.get()
    worker.post(reverse("client_create"), {**typed, "name": "演示别名"})  # the number is known
    worker.post(reverse("client_list"), {"q": NUMBER})
    worker.post(reverse("client_reveal", args=[client.pk]), {"reason": "代办医保登记"})
    worker.post(reverse("client_edit", args=[client.pk]), {"name": NAME, "situation": f"号码 {NUMBER}"})
    worker.post(reverse("client_edit", args=[client.pk]), {"name": NAME, "id_number": OTHER})
    assert township.post(reverse("table_export", args=["clients"]), {"query": ""}).status_code == 302
    job = Job.objects.latest("pk")
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.message
    assert Client.objects.get().id_number == OTHER
    assert sign_in(world.county).get(reverse("client_detail", args=[client.pk])).status_code == 403
    return caplog.text


def hidden_in(content: bytes) -> bool:
    """Neither number as it is, nor the part that follows the region."""
    return not any(part.encode() in content for number in (NUMBER, OTHER) for part in (number, number[6:]))


def test_no_table_holds_a_number(lived):
    values = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            values += [str(value) for row in cursor.fetchall() for value in row]
    kept = "\n".join(values)
    assert NAME in kept
    assert hidden_in(kept.encode())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads the pages of the SQLite file")
def test_the_database_file_and_so_its_backups_hold_no_number(lived):
    content = connection.connection.serialize()
    assert isinstance(connection.connection, sqlite3.Connection)
    assert NAME.encode() in content
    assert hidden_in(content)


def test_no_log_line_holds_a_number_or_a_name(lived):
    assert "Forbidden" in lived
    assert hidden_in(lived.encode())
    assert NAME not in lived


def test_no_file_that_is_kept_holds_a_number(lived):
    job = Job.objects.latest("pk")
    assert hidden_in(jobs.file_of(job).read_bytes())
    folders = [Path(settings.VAR_DIR), Path(default_storage.location)]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert hidden_in(path.read_bytes()), path


def test_the_exported_sheet_holds_the_masked_number_only(lived):
    sheet = openpyxl.load_workbook(jobs.file_of(Job.objects.latest("pk"))).active
    texts = " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)
    assert NAME in texts
    assert "990*************" in texts
    assert hidden_in(texts.encode())
