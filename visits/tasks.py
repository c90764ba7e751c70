from celery import shared_task

from visits.actions.planning import PLAN, plan_all


@shared_task(name=PLAN)
def plan_visits() -> None:
    plan_all()
