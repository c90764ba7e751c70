"""From a list's address to its selection, for the page and the API. Figures link here with these parameters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404

from accounts.gate import require
from accounts.models import OrgUnit, User
from accounts.queries import unit_in_scope
from accounts.roles import Permission
from common.forms import PlainSelect
from common.months import MonthFormField
from services.models import Domain, Doubt, FocusGroup, Method, Nature, ReviewState
from services.queries import Cursor, Selection, unit_choices
from services.queries.listing import ANY, OPEN_REVIEW
from stations.models import Worker

MAX_KEY = 2**63 - 1
# Fields of the form that are fields of the selection as they are.
NAMED = (
    "month", "domain", "method", "nature", "focus", "on_time", "volunteers", "state", "review", "warned", "q",
)  # fmt: skip


def _choice(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", "全部"), *choices], widget=PlainSelect)


class ServiceFilter(forms.Form):
    """The filters of the list."""

    unit = forms.IntegerField(label="单位", required=False, min_value=1, max_value=MAX_KEY)
    month = MonthFormField(label="月份", required=False)
    domain = _choice("领域", Domain.choices)
    method = _choice("方法", Method.choices)
    nature = _choice("性质", Nature.choices)
    focus = _choice("重点人群", FocusGroup.choices)
    on_time = _choice("录入", [("yes", "按时"), ("no", "迟录")])
    volunteers = _choice("志愿者", [("yes", "有志愿者")])
    state = _choice("状态", [("valid", "有效"), ("void", "已作废")])
    review = _choice("审阅", [(OPEN_REVIEW, "待审阅（含已答复）"), *ReviewState.choices])
    warned = _choice("录入提示", [(ANY, "有提示"), *Doubt.choices])
    q = forms.CharField(label="内容、地点", required=False, max_length=40)
    worker = forms.IntegerField(label="社工", required=False, min_value=1, max_value=MAX_KEY, widget=forms.HiddenInput)
    sort = forms.ChoiceField(
        label="排序", required=False, choices=[("-starts_on", ""), ("starts_on", "")], widget=forms.HiddenInput
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.user = user

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        for name in ("after", "before"):  # no fields: a new search starts at the first page
            text = str(self.data.get(name) or "")
            try:
                typed[name] = Cursor.parse(text[:40]) if text else None
            except ValueError:
                raise ValidationError("翻页位置无效，请从第一页看起") from None
        return typed

    def offer_units(self, unit: OrgUnit | None) -> None:
        """Make `unit` a choice among the units around the chosen one; hidden where there is nothing to choose."""
        offered = unit_choices(self.user, unit)
        field = self.fields["unit"]
        if len(offered) > 1 or (offered and unit is None):
            field.widget = PlainSelect(choices=[("", "全部"), *((row.pk, row.name) for row in offered)])
        else:
            field.widget = forms.HiddenInput()

    def selection(self) -> Selection | None:
        """The selection, or None with `errors` filled. Http404 for a unit or worker out of reach."""
        if not self.is_valid():
            return None
        typed = self.cleaned_data
        chosen = Selection(
            user=self.user,
            unit=self._unit(typed["unit"]),
            worker=self._worker(typed["worker"]),
            **{name: typed[name] for name in NAMED},
        )
        if chosen.narrowed and not chosen.month and chosen.wide:
            self.add_error("month", "范围内站点较多，请同时选择月份")
            return None
        return chosen

    def _unit(self, pk: int | None) -> OrgUnit | None:
        unit = unit_in_scope(self.user, pk)
        if unit:
            require(self.user, Permission.VIEW_RECORDS, unit.path)
        return unit

    def _worker(self, pk: int | None) -> Worker | None:
        if pk is None:
            return None
        worker = Worker.objects.visible_to(self.user, Permission.VIEW_WORKERS).only("pk", "name").filter(pk=pk).first()
        if worker is None:
            raise Http404("没有这名社工，或不在您的管辖范围内")
        return worker
