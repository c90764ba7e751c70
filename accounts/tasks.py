"""Celery's side of the accounts room."""

from celery import shared_task

from accounts.actions import seal_events


@shared_task(name="accounts.seal_audit")
def seal_audit() -> None:
    """Close what is settled of the audit trail into the hash chain."""
    seal_events()
