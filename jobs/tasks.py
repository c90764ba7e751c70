from celery import shared_task

from jobs import actions


@shared_task(name=actions.RUN)
def run(job_id: int) -> None:
    actions.run_job(job_id)


@shared_task(name="jobs.sweep")
def sweep() -> None:
    actions.sweep_jobs()
