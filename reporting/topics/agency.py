"""Agencies and contracts (R15): stations under contract and what is paid for them, promises against services logged,
evaluations. Amounts are parts of stations, so that they add up; a contract itself counts at its buyer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from django.db.models import F, QuerySet

from agencies.models import Contract, ContractStation, Evaluation
from agencies.queries.progress import current_terms, progress_of
from reporting.indicators import Direction, Group, Indicator, Records, Topic
from reporting.measures import DERIVED, Measure, Place, Source, Values
from reporting.measures.aggregates import count, flag, total_scaled
from reporting.measures.parameters import DAY, FIRST, LAST, Moment
from stations.models.dated import at


def _covers() -> QuerySet:
    return ContractStation.objects.filter(at(DAY)).values("station_id")


def _evaluations() -> QuerySet:
    done = Evaluation.objects.finalised().filter(finalised_on__gte=FIRST, finalised_on__lte=LAST)
    return done.annotate(here=F("term__contract__buyer_id")).values("here")


def _progress(moment: Moment, scope: Sequence[int] | None) -> dict[int, tuple[int, ...]]:
    """Contracts in force, at their buyers: how many, how many behind; promises of the current years of service, how
    much of them is done (none beyond its promise) and due, in hundredths of a promise."""
    contracts = Contract.objects.at(moment.day).order_by()
    found = list(contracts if scope is None else contracts.filter(buyer__in=scope))
    if not found:
        return {}
    terms = current_terms(found, moment.day)
    promises = progress_of(terms.values(), moment.day)
    numbers: dict[int, list[int]] = defaultdict(lambda: [0] * 5)
    for contract in found:
        term = terms.get(contract.pk)
        rows = [row.progress for row in promises[term.pk]] if term else []
        here = numbers[contract.buyer_id]
        here[0] += 1
        here[1] += any(row.behind for row in rows)
        here[2] += len(rows)
        here[3] += sum(int(min(row.done / row.promised, Decimal(1)) * 100) for row in rows)
        here[4] += sum(int(row.elapsed * 100) for row in rows)
    return {unit_id: tuple(row) for unit_id, row in numbers.items()}


COVERS = Source("covers", "合同站点", _covers)
EVALUATIONS = Source("contract_evaluations", "项目评估", _evaluations, station="here", above=True)
CONTRACTS = Source("contracts", "购买服务合同", judge=_progress, above=True)


def operating_covered(values: Values, place: Place) -> int:
    return int(bool(values.get("stations_covered") and values.get("stations_operating")))


MEASURES = [
    *COVERS.counts(("stations_covered", "有合同的站点", flag())),
    *COVERS.counts(("contract_amount", "履行中合同金额", total_scaled("amount", 2)), decimals=2),
    *EVALUATIONS.counts(("evaluations", "本月定稿的评估", count())),
    *EVALUATIONS.counts(("evaluation_points", "评估得分", total_scaled("total", 2)), decimals=2),
    *CONTRACTS.judged(("contracts", "履行中合同"), ("contracts_behind", "指标落后的合同"), ("promises", "服务指标")),
    *CONTRACTS.judged(
        ("promises_done", "已完成的服务指标（折合）"), ("promises_due", "应完成的服务指标（折合）"), decimals=2
    ),
    Measure("operating_covered", "有合同的运营社工站", DERIVED, derive=operating_covered),
]

HIGHER = Direction.HIGHER
indicator = partial(Indicator, group=Group.AGENCY)
contract_list = partial(Records.of, "contract_list")

# key, label, unit, numerator, denominator, direction, clause, records
# fmt: off
INDICATORS = [
    indicator("contracts", "履行中合同", "份", "contracts", None, Direction.NONE,
              "R15 购买服务", contract_list(state="current", bought="yes")),
    indicator("covered", "购买服务覆盖率", "%", "operating_covered", "stations_operating", HIGHER,
              "R15 购买服务", contract_list(state="current")),
    indicator("contract_amount", "履行中合同金额", "元", "contract_amount", None, Direction.NONE,
              "R15 购买服务", contract_list(state="current")),
    indicator("contract_progress", "合同指标完成进度", "%", "promises_done", "promises", HIGHER,
              "R15 服务指标", contract_list(state="current", bought="yes")),
    indicator("contract_due", "合同时间进度", "%", "promises_due", "promises", Direction.NONE,
              "R15 服务指标", contract_list(state="current", bought="yes")),
    indicator("contracts_behind", "指标落后的合同", "%", "contracts_behind", "contracts", Direction.LOWER,
              "R15 服务指标", contract_list(state="behind", bought="yes")),
    indicator("evaluations", "本月定稿的评估", "次", "evaluations", None, Direction.NONE,
              "R15 评估", Records.of("evaluation_list")),
    indicator("evaluation_mean", "评估平均得分", "分", "evaluation_points", "evaluations", HIGHER,
              "R15 评估", Records.of("evaluation_list"), decimals=2),
]
# fmt: on

TOPIC = Topic(MEASURES, INDICATORS)
