from celery import shared_task

from reporting import recount


@shared_task(name="reporting.drain", expires=60)
def drain() -> None:
    recount.drain()


@shared_task(name="reporting.sweep", expires=60)
def sweep() -> None:
    recount.sweep()


@shared_task(name="reporting.whole_months")
def whole_months() -> None:
    recount.count_whole_months()
