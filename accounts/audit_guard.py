"""Triggers by which the database itself refuses to change or delete an audit event or a seal.

The trap: SQLite alters a table by making it again, which drops its triggers. A later migration that alters one of
these tables must end with `install`; `manage.py verify_audit` says when they are missing.
"""

from __future__ import annotations

from typing import Any

TABLES = ("accounts_auditevent", "accounts_auditseal")
MESSAGE = "audit rows are never changed or deleted"
FUNCTION = "accounts_audit_refuse"


def _names(table: str) -> tuple[str, ...]:
    return f"{table}_no_update", f"{table}_no_delete", f"{table}_no_truncate"


def install(connection: Any) -> None:
    """Put the triggers there; repeatable. SQLite and PostgreSQL."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"
            )
        for table in TABLES:
            for name, event in zip(_names(table), ("UPDATE", "DELETE", "TRUNCATE"), strict=True):
                if connection.vendor == "sqlite":
                    if event != "TRUNCATE":
                        cursor.execute(
                            f"CREATE TRIGGER {name} BEFORE {event} ON {table}"
                            f" BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
                        )
                else:
                    # For each statement, so that one that meets no row is refused as well.
                    cursor.execute(
                        f"CREATE TRIGGER {name} BEFORE {event} ON {table}"
                        f" FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
                    )


def remove(connection: Any) -> None:
    """Take the triggers away: for a migration that alters a table, and for tests, which empty tables."""
    with connection.cursor() as cursor:
        for table in TABLES:
            for name in _names(table):
                where = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{where}")


def installed(connection: Any) -> bool:
    """Are all triggers there and switched on?"""
    wanted = {name for table in TABLES for name in _names(table)}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            wanted = {name for name in wanted if not name.endswith("_no_truncate")}
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')")
        return wanted <= {row[0] for row in cursor.fetchall()}
