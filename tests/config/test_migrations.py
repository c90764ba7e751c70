"""The committed migrations, run on an empty database, give the tables that the rest of the suite stands on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.utils import ConnectionHandler

from accounts import audit_guard

ROOMS = {config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}
NAME = f"test_migrated_{os.environ.get('PYTEST_XDIST_WORKER', 'gw0')}"


def schema(conn: Any) -> dict[str, Any]:
    """Table → what makes it: SQLite's own text, or the columns, constraints and indexes of PostgreSQL."""
    with conn.cursor() as cursor:
        tables = {name for name in conn.introspection.table_names(cursor) if name.partition("_")[0] in ROOMS}
        if conn.vendor == "sqlite":
            cursor.execute("SELECT tbl_name, type, sql FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'trigger'")
            found = cursor.fetchall()
            return {table: sorted((kind, words(sql)) for name, kind, sql in found if name == table) for table in tables}
        described = conn.introspection.get_table_description
        return {
            table: (
                {(column.name, column.type_code, column.null_ok) for column in described(cursor, table)},
                sorted(map(str, conn.introspection.get_constraints(cursor, table).items())),
            )
            for table in tables
        }


def words(sql: str) -> list[str]:
    """Without the order in which columns and constraints are named."""
    return sorted(re.findall(r"[^\s,()]+", sql))


@pytest.fixture
def migrated(db, tmp_path):
    """An empty database of the suite's kind, migrated by the command that an installation runs."""
    url = f"sqlite:///{tmp_path / 'migrated.sqlite3'}"
    postgresql = connection.vendor == "postgresql"
    if postgresql:
        url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{NAME}"
        outside = ConnectionHandler({"default": {**settings.DATABASES["default"], "NAME": "postgres"}})["default"]
        with outside.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{NAME}"')
    environ = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"], check=True, env=environ, cwd=Path(settings.BASE_DIR)
    )
    name = NAME if postgresql else str(tmp_path / "migrated.sqlite3")
    conn = ConnectionHandler({"default": {**settings.DATABASES["default"], "NAME": name}})["default"]
    yield conn
    conn.close()
    if postgresql:
        with outside.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{NAME}" WITH (FORCE)')
        outside.close()


def test_an_installation_gets_the_tables_of_the_models_and_the_guard_of_the_trail(migrated):
    assert schema(migrated) == schema(connection)
    assert audit_guard.installed(migrated)
