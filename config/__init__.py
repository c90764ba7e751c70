"""Settings, addresses, the celery app and its beat table: the top room."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
