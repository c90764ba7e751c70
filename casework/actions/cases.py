"""Taking on a case or declining it, changing its head, passing it to another worker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import User
from casework.actions.case_shared import locked, mark, posted_worker, require_open, take, tell, text
from casework.case_steps import State, Step
from casework.case_words import Problem, Source
from casework.models import Case, CaseHandover, CaseProblem, CaseSpell
from casework.models.cases import TEXT
from clients.models import Client, FileSpell
from common import checks
from common.text import long_text
from services.actions.months import hold
from services.vocabulary import Domain, FocusGroup
from stations.models import Station, Worker

MAX_PROBLEMS = 5
WITHDRAWN = "服务对象已撤回接受服务的同意，不能接案；重新签署同意后再办理"


@transaction.atomic
def open_case(
    *,
    by: User | None,
    station: Station,
    client: Client,
    worker: Worker,
    on: date,
    accepted: bool = True,
    declined_because: str = "",
    referred_to: str = "",
    co_workers: Iterable[Worker] = (),
    files: Sequence[Any] = (),
    is_demo: bool = False,
    **facts: Any,
) -> Case:
    """接案: take the person on as a case of the station on the day `on`, or decline with a reason and where they went.

    `facts`: source, presenting, domain, focus, problems. Raises ValidationError by field: consent withdrawn, no file
    open here on the day, an open case already, a worker who is not posted here.
    """
    hold(station)
    clean = checks.all_of(
        on=lambda: checks.past_day(on, field="on", label="接案日期"),
        head=lambda: _head(facts),
        source=lambda: checks.member(facts.get("source", ""), Source, field="source", label="个案来源"),
        presenting=lambda: text(facts.get("presenting", ""), "presenting", "求助问题", TEXT, required=True),
    )
    refuse_client(client, station, on)
    posted_worker(station, worker, on)
    if not accepted:
        declined_because = text(declined_because, "declined_because", "不予接案的原因", 200, required=True)
        referred_to = long_text(referred_to, field="referred_to", label="转介去向", max_length=100)
    else:
        declined_because = referred_to = ""
    kind = Step.INTAKE if accepted else Step.DECLINED
    problems = clean["head"].pop("problems")
    case = Case(
        station=station,
        client=client,
        worker=worker,
        number=_next_number(station, on),
        source=clean["source"],
        presenting=clean["presenting"],
        declined_because=declined_because,
        referred_to=referred_to,
        opened_on=on,
        state=State.INTAKE if accepted else State.DECLINED,
        created_by=by,
        is_demo=is_demo,
        **clean["head"],
    )
    taken = ValidationError({"client": "这名服务对象已有在办的个案，请在原个案中继续"})
    if accepted and Case.objects.open().of_person(client).filter(station=station).exists():
        raise taken
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError:
        raise taken from None
    CaseProblem.objects.bulk_create(CaseProblem(case=case, kind=kind) for kind in problems)
    case.co_workers.set(_others(station, co_workers, worker, on))
    if accepted:
        CaseSpell.objects.create(case=case, starts_on=on)
    take(by, case, kind, on, state=State(case.state), files=files)
    return case


def refuse_client(client: Client, station: Station, on: date) -> None:
    """Raises ValidationError when nothing new may be recorded of the person, or no file is open here on the day."""
    if client.refuses_use():
        raise ValidationError({"client": WITHDRAWN})
    standing = Client.objects.standing().filter(pk=client.pk).exists()
    if not standing or not FileSpell.objects.at(on).filter(client=client, station=station).exists():
        raise ValidationError({"client": f"服务对象在 {on} 没有本站在档的档案"})


def _head(facts: dict[str, Any]) -> dict[str, Any]:
    problems = list(dict.fromkeys(facts.get("problems") or []))
    return checks.all_of(
        domain=lambda: checks.member(facts.get("domain", ""), Domain, field="domain", label="领域"),
        focus=lambda: checks.member(facts.get("focus", ""), FocusGroup, field="focus", label="重点人群", blank=True),
        problems=lambda: _problems(problems),
    )


def _problems(chosen: list[str]) -> list[str]:
    if not chosen:
        raise ValidationError({"problems": "请至少选择一个问题类型"})
    if len(chosen) > MAX_PROBLEMS:
        raise ValidationError({"problems": f"问题类型最多选择 {MAX_PROBLEMS} 个"})
    return [checks.member(kind, Problem, field="problems", label="问题类型") for kind in chosen]


def _next_number(station: Station, on: date) -> str:
    """“2026-003”, under the station's lock."""
    numbers = Case.objects.filter(station=station, number__startswith=f"{on.year}-").values_list("number", flat=True)
    last = max((int(number.partition("-")[2]) for number in numbers), default=0)
    return f"{on.year}-{last + 1:03d}"


def _others(station: Station, workers: Iterable[Worker], worker: Worker, on: date) -> list[Worker]:
    return [posted_worker(station, each, on, "co_workers") for each in workers if each.pk != worker.pk]


@transaction.atomic
def edit_case(*, by: User | None, case: Case, on: date, co_workers: Iterable[Worker] = (), **facts: Any) -> Case:
    """Change the head of an open case: domain, focus, problems, presenting, co-workers (posted here on `on`)."""
    case = locked(case)
    require_open(case)
    before = {**audit.told(case), "问题类型": _kinds(case), "协同社工": _names(case)}
    clean = checks.all_of(
        head=lambda: _head(facts),
        presenting=lambda: text(facts.get("presenting", ""), "presenting", "求助问题", TEXT, required=True),
    )
    problems = clean["head"].pop("problems")
    for name, value in (clean["head"] | {"presenting": clean["presenting"]}).items():
        setattr(case, name, value)
    case.save()
    if set(problems) != set(case.problems.values_list("kind", flat=True)):
        case.problems.all().delete()
        CaseProblem.objects.bulk_create(CaseProblem(case=case, kind=kind) for kind in problems)
    had = set(case.co_workers.values_list("pk", flat=True))
    new = {each.pk: each for each in co_workers if each.pk != case.worker_id}
    _others(case.station, (each for key, each in new.items() if key not in had), case.worker, on)
    case.co_workers.set(new)
    after = {**audit.told(case), "问题类型": _kinds(case), "协同社工": _names(case)}
    if changes := audit.changes(before, after):
        tell(by, "修改个案", case, changes)
        mark(case, case.opened_on)
    return case


def _kinds(case: Case) -> list[str]:
    return [Problem(kind).label for kind in case.problems.order_by("kind").values_list("kind", flat=True)]


def _names(case: Case) -> list[str]:
    return list(case.co_workers.order_by("pk").values_list("name", flat=True))


@transaction.atomic
def hand_over(*, by: User | None, case: Case, worker: Worker, on: date, reason: str, expected: int) -> CaseHandover:
    """Pass an open case to another worker of the station. `expected`: key of the worker whom the user saw."""
    case = locked(case)
    require_open(case)
    if case.worker_id != expected:
        raise ValidationError(f"这个个案刚刚已移交给{case.worker.name}，请核对后重新办理")
    if worker.pk == case.worker_id:
        raise ValidationError({"worker": f"{worker.name}已经是负责社工，请选择其他社工"})
    last = CaseHandover.objects.filter(case=case).order_by("-on").first()
    since, label = (last.on, "上次移交日期") if last else (case.opened_on, "接案日期")
    clean = checks.all_of(
        on=lambda: checks.past_day(on, field="on", label="移交日期", since=since, since_label=label),
        reason=lambda: text(reason, "reason", "移交原因", 200, required=True),
    )
    posted_worker(case.station, worker, clean["on"])
    handover = CaseHandover.objects.create(
        case=case, from_worker=case.worker, to_worker=worker, on=clean["on"], reason=clean["reason"], by=by
    )
    case.co_workers.remove(worker)
    changes = {"负责社工": [case.worker.name, worker.name], "移交日期": [None, str(on)]}
    case.worker = worker
    case.save(update_fields=["worker"])
    tell(by, "移交个案", case, changes)
    return handover
