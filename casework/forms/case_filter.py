"""Filters of the list of cases. Their parameters are fixed: figures open their records by them.

`state`: opened (with `month`: taken on in it), open (with `month`: as of its end), closed (with `month`: in it; with
`outcome`), declined. `step`: where the case stands now.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import OrgUnit, User
from accounts.roles import Permission
from casework.case_steps import OPEN, State
from casework.case_words import Outcome, Problem, RiskLevel
from casework.models.cases import CaseQuerySet
from casework.queries.case_list import mine
from common.forms import PlainInput, choices_of
from common.months import Month, MonthFormField
from services.vocabulary import Domain
from stations.forms.filters import choice, unit_choices
from stations.models import Worker, month_end

STATES = [("opened", "接案"), ("open", "在办"), ("closed", "结案"), ("declined", "未接案")]
MINE = "mine"


class CaseFilter(forms.Form):
    """`unit` is resolved through the gate before the form is made."""

    unit = choice("单位", [])
    state = choice("状态", choices_of(STATES))
    month = MonthFormField(label="月份", required=False, widget=PlainInput(attrs={"type": "month"}))
    step = choice("所处环节", choices_of([(state.value, state.label) for state in OPEN]))
    worker = choice("负责社工", [])
    domain = choice("领域", choices_of(Domain.choices))
    problem = choice("问题类型", choices_of(Problem.choices))
    risk = choice("风险", choices_of(RiskLevel.choices))
    outcome = choice("结案原因", choices_of(Outcome.choices))
    due = choice("复核", [("", "全部"), ("yes", "已到期")])
    number = forms.CharField(label="编号", required=False, max_length=12, widget=PlainInput(attrs={"type": "search"}))

    def __init__(self, data: Any, *, user: User, unit: OrgUnit | None) -> None:
        super().__init__(data)
        self.user, self.chosen_unit = user, unit
        fields: dict[str, Any] = self.fields
        fields["unit"].choices = unit_choices(user, unit, Permission.VIEW_RECORDS)
        workers = Worker.objects.visible_to(user, Permission.EDIT_CASES).filter(cases__isnull=False)
        named = [(str(pk), name) for pk, name in workers.distinct().order_by("name").values_list("pk", "name")[:60]]
        fields["worker"].choices = [("", "全部"), (MINE, "我的个案"), *named]
        if not user.paths(Permission.EDIT_CASES):
            del fields["worker"]

    def apply(self, cases: CaseQuerySet) -> CaseQuerySet:
        """The cases that pass; none while a filter is wrong. Those taken back as a mistake are never listed."""
        if not self.is_valid():
            return cases.none()
        values = self.cleaned_data
        cases = cases.exclude(state=State.VOID)
        if self.chosen_unit:
            cases = cases.under(self.chosen_unit)
        cases = _in_state(cases, values["state"], values["month"], values["outcome"])
        for name, column in (("step", "state"), ("domain", "domain"), ("risk", "risk"), ("problem", "problems__kind")):
            if values[name]:
                cases = cases.filter(**{column: values[name]})
        if values.get("worker") == MINE:
            cases = cases.filter(mine(self.user)).distinct()
        elif values.get("worker"):
            cases = cases.filter(worker=values["worker"])
        if values["due"]:
            cases = cases.review_due(timezone.localdate())
        if values["number"]:
            cases = cases.filter(number__startswith=values["number"].strip())
        return cases


def _in_state(cases: CaseQuerySet, state: str, month: Month | None, outcome: str) -> CaseQuerySet:
    if state == "opened":
        return cases.opened_in(month) if month else cases.accepted()
    if state == "open":
        return cases.open_at(month_end(month)) if month else cases.open()
    if state == "declined":
        cases = cases.filter(state=State.DECLINED)
        return cases.filter(opened_on__gte=month.first, opened_on__lte=month.last) if month else cases
    if month and (state == "closed" or outcome):
        return cases.closed_in(month, outcome)
    if state == "closed" or outcome:
        cases = cases.filter(state=State.CLOSED)
        return cases.filter(outcome=outcome) if outcome else cases
    return cases.opened_in(month) if month else cases
