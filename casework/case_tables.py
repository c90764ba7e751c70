"""The list of cases as a table for export (jobs.tables): without names, whoever exports it."""

from __future__ import annotations

from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from accounts.queries import unit_in_scope
from accounts.roles import Permission
from casework.forms.case_filter import CaseFilter
from casework.models import Case
from casework.queries.case_list import JOINED, case_rows, sorted_cases
from common.forms import filter_words
from jobs.tables import Column, Kind, RowSource, Table, declare, require_valid, source_of

P = Permission


def _cases(user: User, params: QueryDict) -> RowSource:
    form = CaseFilter(params, user=user, unit=unit_in_scope(user, params.get("unit"), P.VIEW_RECORDS))
    require_valid(form)
    cases = form.apply(Case.objects.visible_to(user, P.VIEW_RECORDS)).select_related(*JOINED)
    return source_of(
        sorted_cases(cases, params.get("sort", "")),
        prepare=lambda rows: case_rows(user, rows),
        on=timezone.localdate(),
        conditions=filter_words(form),
    )


declare(
    Table(
        key="cases", title="个案台账", permission=P.VIEW_RECORDS, rows=_cases,
        note="本表不含服务对象姓名。",
        columns=(
            Column("站点", "case.station.unit.name", width=24),
            Column("编号", "case.number"),
            Column("领域", lambda row: row.case.get_domain_display()),
            Column("重点人群", lambda row: row.case.get_focus_display()),
            Column("问题类型", "problems", width=28),
            Column("个案来源", lambda row: row.case.get_source_display(), width=16),
            Column("风险等级", lambda row: row.case.get_risk_display()),
            Column("所处环节", lambda row: row.case.get_state_display()),
            Column("接案日期", "case.opened_on", Kind.DATE),
            Column("结案日期", "case.closed_on", Kind.DATE),
            Column("结案原因", lambda row: row.case.get_outcome_display(), width=16),
        ),
    )
)  # fmt: skip
