from celery import shared_task

from stations.actions.judging import JUDGE, judge_pending


@shared_task(name=JUDGE, expires=60)
def judge_again() -> None:
    judge_pending()
