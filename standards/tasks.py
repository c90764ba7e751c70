from celery import shared_task

from standards.actions.judging import judge_due
from standards.actions.stages import propose_due
from standards.actions.standards import JUDGE


@shared_task(name=JUDGE, expires=60)
def judge() -> None:
    judge_due()


@shared_task(name="standards.propose_stages")
def propose_stages() -> None:
    propose_due()
