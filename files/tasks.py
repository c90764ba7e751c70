from celery import shared_task

from files import actions


@shared_task(name="files.sweep")
def sweep() -> None:
    actions.sweep()
