"""Cases of the tests: a person at 北关街道社工站, a worker posted there, and a case led to any of its steps."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

from casework.actions import case_flow, case_goals, case_services
from casework.actions.cases import open_case
from casework.case_steps import State
from casework.queries.case_history import last_step
from clients.models import Consent, ConsentKind
from services.actions import log_service
from stations.models import StationPosting, Worker
from tests.clients.make import make_client

D = date(2026, 3, 2)  # a Monday
NOW = "2026-10-20T10:00:00+08:00"


def day(number):
    return D + timedelta(days=number)


def post(station, name="周社工", user=None):
    """A worker posted at the station since 2024."""
    worker = Worker.objects.create(unit=station.unit, name=name, user=user)
    StationPosting.objects.create(worker=worker, station=station, starts_on=date(2024, 1, 1))
    return worker


def person(station, name="演示甲", consent=True, **fields):
    client = make_client(station, name, **fields)
    if consent:
        Consent.objects.create(client=client, kind=ConsentKind.SERVICE, given_on=date(2024, 1, 1))
    return client


FACTS = {
    "source": "OUTREACH",
    "presenting": "独居，近期摔倒过一次，子女在外地",
    "domain": "ELDERLY_CARE",
    "focus": "elderly",
    "problems": ["CARE", "EMOTION"],
}


def opened(world, client=None, worker=None, **more):
    station = client.station if client else world.station()
    return open_case(
        by=world.worker,
        station=station,
        client=client or person(station),
        worker=worker or post(station),
        **{"on": D, **FACTS, **more},
    )


def expected(case):
    return last_step(case).pk


def assess(world, case, on=1, scores=None, risks=(), **more):
    return case_flow.assess(
        by=world.worker,
        case=case,
        on=day(on),
        needs={"BODY": "行走不便，需要助行器"},
        risks=risks,
        scores={"goal": 2, "mood": 4} if scores is None else scores,
        conclusion="缺少日间照料",
        **{"expected": expected(case), **more},
    )


def goal(text="每周有人上门", number=0, by_when=200):
    return case_goals.GoalInput(text=text, measures="结对低龄老人", by_when=day(by_when), field=f"goal_{number}")


def plan(world, case, on=2, goals=None, **more):
    return case_flow.plan(
        by=world.worker,
        case=case,
        on=day(on),
        **{
            "agreed_on": day(on),
            "review_on": day(on + 30),
            "goals": [goal(), goal("情绪平稳", 1)] if goals is None else goals,
            "expected": expected(case),
            **more,
        },
    )


def intervene(world, case, on=3, **more):
    return case_flow.intervene(by=world.worker, case=case, on=day(on), **{"expected": expected(case), **more})


def serve(world, case, on=5, clients=None, **more):
    """A record of the case, logged on its day."""
    worker = case.worker
    record, _ = log_service(
        by=world.worker,
        station=case.station,
        client_id=more.pop("client_id", None) or uuid4(),
        workers=[worker],
        clients=[case.client] if clients is None else clients,
        starts_on=day(on),
        ends_on=day(on),
        title="入户个案服务",
        domain="ELDERLY_CARE",
        method="CASE",
        contacts=1,
        elderly=1,
        children=0,
        orphans=0,
        hardship=0,
        hours=Decimal("1.5"),
        place="家中",
        volunteers=0,
        volunteer_hours=Decimal(0),
        result="情绪平稳",
        **more,
    )
    return record


def served(world, case, on=5):
    record = serve(world, case, on)
    case_services.attach_service(by=world.worker, case=case, record=record)
    return record


def settle(world, case, state="MET", on=6):
    keys = case.goals.values_list("pk", flat=True)
    updates = {key: case_goals.GoalUpdate(state=state) for key in keys}
    return case_goals.review(by=world.worker, case=case, on=day(on), goals=updates)


def evaluate(world, case, on=10, scores=None, **more):
    return case_flow.evaluate(
        by=world.worker,
        case=case,
        on=day(on),
        scores={"goal": 8, "mood": 7} if scores is None else scores,
        client_view="有人惦记了",
        worker_view="目标基本完成",
        **{"expected": expected(case), **more},
    )


def close(world, case, on=12, outcome="GOALS_MET", **more):
    return case_flow.close(
        by=world.worker,
        case=case,
        on=day(on),
        outcome=outcome,
        summary="结对稳定，转为日常探访",
        **{"answered_by": "CLIENT", "satisfaction": 5, "expected": expected(case), **more},
    )


STEPS = {State.ASSESSMENT: assess, State.PLAN: plan, State.INTERVENTION: intervene}


def led_to(world, state, case=None):
    """A case led through its steps until it stands there."""
    case = case or opened(world)
    for stop, step in STEPS.items():
        if state == State.INTAKE:
            break
        step(world, case)
        if state == stop:
            break
    if state in (State.EVALUATION, State.CLOSED):
        served(world, case)
        settle(world, case)
        evaluate(world, case)
    if state == State.CLOSED:
        close(world, case)
    case.refresh_from_db()
    return case
