"""The celery app, its two queues and the beat table.

Celery carries no truth: what is to be done stands in the database (StaleMonth, Job), a message only nudges.
There is no result backend. Embedded, messages are files under var/broker and each queue has one solo worker.
"""

import os

from celery import Celery
from celery.schedules import crontab
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

RECOUNTS = "recounts"
JOBS = "jobs"

app = Celery("shezhan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    broker_connection_retry_on_startup=True,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_default_queue=RECOUNTS,
    task_queues=(Queue(RECOUNTS), Queue(JOBS)),  # a long job never holds up a recount
    task_routes={"jobs.*": {"queue": JOBS}, "files.*": {"queue": JOBS}},
    beat_schedule={
        "drain-stale-months": {"task": "reporting.drain", "schedule": 20.0},
        "sweep-lost-leases": {"task": "reporting.sweep", "schedule": 60.0},
        "whole-months": {"task": "reporting.whole_months", "schedule": crontab(hour=2, minute=10)},
        "sweep-lost-jobs": {"task": "jobs.sweep", "schedule": 60.0},
        "sweep-stray-files": {"task": "files.sweep", "schedule": crontab(hour=3, minute=20)},
        "judge-standards": {"task": "standards.judge", "schedule": 300.0},
        "propose-stages": {"task": "standards.propose_stages", "schedule": crontab(hour=5, minute=40)},
        "plan-visits": {"task": "visits.plan", "schedule": crontab(hour=0, minute=15)},
        "judge-again": {"task": "stations.judge_again", "schedule": 60.0},
        "seal-audit": {"task": "accounts.seal_audit", "schedule": 300.0},
    },
)
app.autodiscover_tasks()
