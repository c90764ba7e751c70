"""Forms of building: acceptance, yearly plans and milestones, placing stations, titles of rooms."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from accounts.forms.unit_field import UnitField
from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from common.forms import choices_of, day_field, note_field
from common.months import FIRST_DAY
from files.forms import FilesField
from policies.models import PolicyDocument
from stations.actions import Finding, MilestoneFacts
from stations.actions.plans import FIRST_YEAR, LAST_YEAR
from stations.models import COUNTABLE, BuildingPlan, Milestone, MilestoneKind, StationKind, StationStatus
from stations.queries.checklist import ChecklistItem
from stations.queries.coverage import unplaced

MET = [("yes", "符合"), ("no", "不符合")]
PASSED = [("yes", "合格"), ("no", "不合格")]
GRANTED = [("yes", "通过"), ("no", "不通过")]


def evidence_field(label: str = "佐证材料", help_text: str = "") -> FilesField:
    return FilesField(label=label, required=False, help_text=help_text)


def coming_day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    """A day that may lie ahead."""
    return forms.DateField(label=label, required=required, widget=forms.DateInput, help_text=help_text)


def _text(label: str, length: int, *, required: bool = False, rows: int = 3, help_text: str = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=length, required=required, widget=area, help_text=help_text)


class AcceptanceForm(forms.Form):
    """One round over the checklist; each item has two fields, `item_<key>` and `comment_<key>`."""

    held_on = day_field("验收日期")
    members = forms.CharField(
        label="验收人员", max_length=200, help_text="姓名和单位，如：王某（区民政局）、李某（街道）"
    )
    passed = forms.ChoiceField(label="验收结论", choices=PASSED, widget=forms.RadioSelect)
    comments = _text("验收意见", 1000, help_text="不合格的，写明需要整改的内容")
    correct_by = coming_day("整改期限", required=False, help_text="不合格的必填")
    uploads = evidence_field("现场照片、验收表")
    expected = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, *, items: Iterable[ChecklistItem], expected: int) -> None:
        super().__init__(data, files, initial={"expected": expected})
        self.items = list(items)
        for item in self.items:
            self.fields[f"item_{item.key}"] = forms.ChoiceField(
                label=item.label, choices=MET, widget=forms.RadioSelect, required=True
            )
            self.fields[f"comment_{item.key}"] = forms.CharField(
                label=f"说明：{item.label}", max_length=200, required=False
            )

    @staticmethod
    def asked_day(data: Any) -> date:
        """The day whose checklist the form shows: that of acceptance, today while it is not known."""
        day = day_field("验收日期")
        try:
            asked = day.clean(data.get("held_on")) if data else None
        except forms.ValidationError:
            asked = None
        today = timezone.localdate()
        return asked if asked and FIRST_DAY <= asked <= today else today

    def rows(self) -> list[dict[str, Any]]:
        """Each item with its two bound fields, for the table of the page."""
        return [
            {"item": item, "met": self[f"item_{item.key}"], "comment": self[f"comment_{item.key}"]}
            for item in self.items
        ]

    def rest(self) -> list[forms.BoundField]:
        """The fields below the table."""
        return [self[name] for name in ("passed", "comments", "correct_by", "uploads")]

    def values(self) -> dict[str, Any]:
        """What record_acceptance takes."""
        given = self.cleaned_data
        findings = {
            item.key: Finding(given[f"item_{item.key}"] == "yes", given[f"comment_{item.key}"]) for item in self.items
        }
        names = ("held_on", "members", "comments", "correct_by", "uploads", "expected")
        return {name: given[name] for name in names} | {"passed": given["passed"] == "yes", "findings": findings}


class PlanForm(forms.Form):
    """A year's plan; unit and year are fixed once it is there."""

    unit = UnitField(levels=(Level.CITY, Level.COUNTY), help_text="编制计划的市或县")
    year = forms.IntegerField(label="年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    title = forms.CharField(label="名称", max_length=120, help_text="如：2026年乡镇（街道）社工站建设计划")
    document = forms.ModelChoiceField(
        PolicyDocument.objects.none(), label="依据文件", required=False, empty_label="（没有文件）",
        help_text="目标数取自文件条款，这里不重复填写",
    )  # fmt: skip
    note = _text("说明", 1000)

    def __init__(self, data: Any = None, *, user: User, plan: BuildingPlan | None = None, **initial: Any) -> None:
        if plan is not None:
            initial |= {name: getattr(plan, name) for name in ("unit", "year", "title", "document", "note")}
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        documents = PolicyDocument.objects.visible_to(user).filter(is_default=False)
        fields["document"].queryset = documents.order_by("-issued_on")
        if plan is not None:
            del fields["unit"], fields["year"]
        else:
            fields["unit"].limit(user, Permission.PLAN_BUILDING)


class MilestoneForm(forms.Form):
    name = forms.CharField(label="节点", max_length=120, help_text="如：全市建成 118 个社工站")
    due_on = coming_day("期限")
    unit = UnitField(label="责任单位", levels=(Level.CITY, Level.COUNTY, Level.TOWNSHIP))
    responsible = forms.CharField(label="责任人（科室）", max_length=60, required=False)
    kind = forms.ChoiceField(
        label="完成方式",
        choices=MilestoneKind.choices,
        widget=forms.RadioSelect,
        help_text="按站点数：由责任单位下辖站点的状态自动判定；按事项：完成后登记",
    )
    count = forms.IntegerField(label="站点数", min_value=1, max_value=99_999, required=False)
    status = forms.ChoiceField(
        label="至少达到",
        required=False,
        choices=choices_of([(s.value, s.label) for s in COUNTABLE], "---------"),
        initial=StationStatus.COMPLETED,
    )
    station_kind = forms.ChoiceField(
        label="站点类型", required=False, choices=StationKind.choices, initial=StationKind.STATION
    )
    within_year = forms.BooleanField(label="只计当年新增", required=False)

    def __init__(self, data: Any = None, *, user: User, plan: BuildingPlan, milestone: Milestone | None = None) -> None:
        names = list(self.base_fields)
        initial = {"unit": plan.unit}
        if milestone is not None:
            initial = {name: getattr(milestone, name) for name in names}
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        fields["unit"].limit(user, Permission.PLAN_BUILDING)

    def facts(self) -> MilestoneFacts:
        return MilestoneFacts(**self.cleaned_data)  # type: ignore[typeddict-item]


class DoneForm(forms.Form):
    """That a step of the plan was done."""

    on = day_field("完成日期")
    note = note_field("完成情况")
    uploads = evidence_field()


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = note_field("撤回理由", required=True)

    def __init__(self, data: Any = None, *, label: str = "撤回理由") -> None:
        super().__init__(data)
        self.fields["reason"].label = label


class TownshipBoxes(forms.ModelMultipleChoiceField):
    """Townships without a station, to tick; with their county where there are several."""

    several = False

    def label_from_instance(self, obj: OrgUnit) -> str:
        return f"{obj.parent} {obj}" if self.several else str(obj)


class PlaceForm(forms.Form):
    """Stations in 筹建 for the ticked townships of the user's counties."""

    townships = TownshipBoxes(
        OrgUnit.objects.none(), label="乡镇（街道）", widget=forms.CheckboxSelectMultiple,
        help_text="列出现在没有社工站（包括筹建的）的乡镇（街道）",
    )  # fmt: skip
    started_on = day_field("筹建日期")

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        units = OrgUnit.objects.visible_to(user, Permission.CREATE_STATION)
        self.offered: QuerySet[OrgUnit] = (
            unplaced(units, timezone.localdate()).order_by("path").select_related("parent")
        )
        fields["townships"].queryset = self.offered
        fields["townships"].several = len({unit.parent_id for unit in self.offered}) > 1


class ApplyForm(forms.Form):
    """A room's application for the title."""

    year = forms.IntegerField(label="年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    on = day_field("申请日期")
    statement = _text("申请说明", 1000, required=True, rows=5, help_text="场地、人员、服务和成效")
    uploads = evidence_field("申请材料")


class DecideForm(forms.Form):
    granted = forms.ChoiceField(label="评定结果", choices=GRANTED, widget=forms.RadioSelect)
    on = day_field("评定日期")
    comment = note_field("评定意见")

    def values(self) -> dict[str, Any]:
        return self.cleaned_data | {"granted": self.cleaned_data["granted"] == "yes"}


class WithdrawTitleForm(forms.Form):
    on = day_field("取消日期")
    reason = note_field("取消理由", required=True)
