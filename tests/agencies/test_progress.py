from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from agencies.actions import Promised, set_promises, terminate_contract
from agencies.models import Contract, ContractTerm
from agencies.progress import Pace, Progress, elapsed
from agencies.queries.progress import behind, current_terms, progress_of
from tests.agencies.conftest import make_contract, serve

YEAR = (date(2026, 1, 1), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("on", "share"),
    [(date(2025, 12, 31), 0), (date(2026, 1, 1), Decimal(1) / 365), (date(2026, 12, 31), 1), (date(2030, 1, 1), 1)],
)
def test_the_share_of_a_year_that_is_over(on, share):
    assert elapsed(*YEAR, on) == share


@pytest.mark.parametrize(
    ("promised", "done", "share", "pace"),
    [(12, 5, "0.5", Pace.BEHIND), (12, 6, "0.5", Pace.ON_PACE), (12, 0, "0.05", Pace.ON_PACE),
     (12, 12, "0.5", Pace.DONE),
     (12, 11, "1", Pace.BEHIND), (12, 15, "1", Pace.DONE)],
)  # fmt: skip
def test_behind_is_less_than_the_share_of_days_that_are_over(promised, done, share, pace):
    assert Progress(promised, Decimal(done), Decimal(share)).pace == pace


@given(st.integers(1, 10000), st.integers(0, 20000), st.decimals(0, 1, places=4))
def test_more_done_is_never_further_behind(promised, done, share):
    one, more = (Progress(promised, Decimal(number), share) for number in (done, done + 1))
    assert more.ahead > one.ahead
    assert not (more.behind and not one.behind)


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(1, 1500), st.integers(-100, 2000))
def test_the_share_grows_from_nothing_to_all(starts_on, days, later):
    ends_on = date.fromordinal(starts_on.toordinal() + days)
    on = date.fromordinal(starts_on.toordinal() + later)
    share = elapsed(starts_on, ends_on, on)
    assert 0 <= share <= 1
    assert share <= elapsed(starts_on, ends_on, date.fromordinal(on.toordinal() + 1))


def term_of(contract: Contract) -> ContractTerm:
    return contract.terms.get(number=1)


def test_progress_is_what_a_hand_counts(world, agency):
    contract = make_contract(world, agency, "北关街道社工站", "锦纶街道社工站")
    term = term_of(contract)
    set_promises(
        by=None, term=term,
        promises=[
            Promised("SERVICES", 10, method="VISIT"), Promised("SERVICES", 4, method="VISIT", domain="CHILD_WELFARE"),
            Promised("CONTACTS", 100), Promised("HOURS", 20, method="GROUP"),
        ],
    )  # fmt: skip
    # Counted: three visits (one of them for children) and one group at the two stations.
    serve(world, date(2026, 1, 1), contacts=2)
    serve(world, date(2026, 5, 1), "锦纶街道社工站", domain="CHILD_WELFARE", contacts=3)
    serve(world, date(2026, 10, 20))
    serve(world, date(2026, 6, 1), method="GROUP", contacts=12, hours="2.5")
    # Not counted: before, after today, another station's, voided.
    serve(world, date(2025, 12, 31), contacts=50)
    serve(world, date(2026, 10, 21), contacts=50)
    serve(world, date(2026, 5, 1), "明星镇社工站", contacts=50)
    serve(world, date(2026, 5, 2), contacts=50, voided_at=timezone.now(), void_reason="重复")
    rows = progress_of([term], date(2026, 10, 20))[term.pk]
    assert {row.label: row.progress.done for row in rows} == {
        "探访 服务次数": 3,
        "儿童福利 · 探访 服务次数": 1,
        "全部服务 服务人次": 18,
        "小组 服务时长（小时）": Decimal("2.5"),
    }


def test_services_after_an_early_end_are_not_the_contracts(world, contract):
    term = term_of(contract)
    set_promises(by=None, term=term, promises=[Promised("SERVICES", 10)])
    serve(world, date(2026, 8, 31))
    serve(world, date(2026, 9, 1))
    terminate_contract(by=None, contract=contract, on=date(2026, 9, 1), reason="人员不到位")
    (row,) = progress_of([term], date(2026, 10, 20))[term.pk]
    assert row.progress.done == 1


def test_each_year_of_service_counts_its_own(world, agency):
    contract = make_contract(world, agency, starts_on=date(2025, 7, 1), last_day=date(2027, 6, 30),
                             signed_on=date(2025, 6, 1))  # fmt: skip
    first, second = contract.terms.all()
    for term in (first, second):
        set_promises(by=None, term=term, promises=[Promised("SERVICES", 10)])
    serve(world, date(2026, 6, 30))
    serve(world, date(2026, 7, 1))
    serve(world, date(2026, 7, 2))
    rows = progress_of([first, second], date(2026, 10, 20))
    assert [rows[term.pk][0].progress.done for term in (first, second)] == [1, 2]
    assert current_terms([contract], date(2026, 10, 20)) == {contract.pk: second}


def test_those_behind_come_first_and_make_the_contract_behind(world, contract):
    term = term_of(contract)
    set_promises(
        by=None,
        term=term,
        promises=[Promised("SERVICES", 1, method="GROUP"), Promised("SERVICES", 100, method="VISIT")],
    )
    serve(world, date(2026, 6, 1), method="GROUP")
    rows = progress_of([term], date(2026, 10, 20))[term.pk]
    assert [row.progress.pace for row in rows] == [Pace.BEHIND, Pace.DONE]
    assert behind(Contract.objects.all(), date(2026, 10, 20)) == {contract.pk}
    assert behind(Contract.objects.all(), date(2026, 1, 1)) == set()
    assert behind(Contract.objects.all(), date(2027, 1, 1)) == set()  # over: not in force


def test_the_queries_do_not_grow_with_contracts(world, agency, django_assert_num_queries):
    contracts = [make_contract(world, agency, name, number=name) for name in ("北关街道社工站", "锦纶街道社工站")]
    for contract in contracts:
        set_promises(by=None, term=term_of(contract), promises=[Promised("SERVICES", 1), Promised("CONTACTS", 1)])
    terms = [term_of(contract) for contract in contracts]
    for some in (terms[:1], terms):
        with django_assert_num_queries(2):
            progress_of(some, date(2026, 10, 20))


@pytest.mark.parametrize(
    ("rows", "message"),
    [([Promised("SERVICES", 0)], "应大于 0"), ([Promised("X", 1)], "请选择计量"),
     ([Promised("SERVICES", 1, method="Y")], "没有这种服务方法"), ([Promised("SERVICES", 1)] * 2, "只能列一行")],
)  # fmt: skip
def test_wrong_promises_are_refused_and_the_old_ones_stay(contract, rows, message):
    set_promises(by=None, term=term_of(contract), promises=[Promised("SERVICES", 5)])
    with pytest.raises(ValidationError, match=message):
        set_promises(by=None, term=term_of(contract), promises=rows)
    assert [row.promised for row in term_of(contract).promises.all()] == [5]
