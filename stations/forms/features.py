"""Forms of feature projects. They read the request; the actions judge what it says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from common.forms import PlainInput, choices_of, day_field, note_field
from files.forms import FilesField
from files.kinds import DOCUMENTS, IMAGES
from stations.actions.features import COMMENT_LENGTH, TEXT_LENGTH
from stations.forms.filters import ListFilter, choice
from stations.models import RECOGNISED, FeatureGroup, FeatureProject, FeatureState, Recommendation, Station
from stations.models.features import FIRST_YEAR, FeatureQuerySet

RECOGNISED_CHOICE = "RECOGNISED"


class FeatureFilter(ListFilter):
    """`unit`, `q`, `year`, `state`, `group`, `recommended`, and `month`: as of its end, what
    was recognised by then of its year, unless another year is asked for."""

    year = forms.IntegerField(
        label="年度", required=False, min_value=FIRST_YEAR, max_value=2099, widget=PlainInput(attrs={"type": "number"})
    )
    state = choice("状态", choices_of([*FeatureState.choices, (RECOGNISED_CHOICE, "已认定（含结项）")]))
    group = choice("服务群体", choices_of(FeatureGroup.choices))
    recommended = choice("推荐", choices_of(Recommendation.choices))

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["q"].label = "项目、站点名称"

    def apply(self, features: FeatureQuerySet, *, only_recognised: bool = False) -> FeatureQuerySet:
        """The projects that pass; none while a filter is wrong. `only_recognised`: unless a state is asked for."""
        if not self.is_valid():
            return features.none()
        values, on = self.cleaned_data, self.on
        if self.chosen_unit:
            features = features.under(self.chosen_unit)
        if values["month"]:
            features = features.recognised(on)
        if values["year"] or values["month"]:
            features = features.of_year(values["year"] or on.year)
        if values["group"]:
            features = features.filter(group=values["group"])
        if values["recommended"]:
            features = features.recommended(Recommendation(values["recommended"]), on)
        if values["q"]:
            word = values["q"].strip()
            station = Q(station__unit__name__contains=word) | Q(station__unit__initials__contains=word.lower())
            features = features.filter(Q(name__contains=word) | station)
        return self._in_state(features, only_recognised=only_recognised)

    def _in_state(self, features: FeatureQuerySet, *, only_recognised: bool) -> FeatureQuerySet:
        state = self.cleaned_data["state"]
        if state == RECOGNISED_CHOICE or (not state and only_recognised):
            return features.filter(state__in=RECOGNISED)
        return features.filter(state=state) if state else features


def _long(label: str, rows: int, help_text: str) -> forms.CharField:
    # No max_length here: the action checks it and names the length that was sent.
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": TEXT_LENGTH})
    return forms.CharField(label=label, required=False, widget=widget, help_text=help_text)


class EvidenceForm(forms.Form):
    """What may still be added to a recognised project: results and evidence."""

    results = _long("实施成效", 6, f"做到了什么，服务对象有什么变化；结项前必填。最多 {TEXT_LENGTH} 字。")
    photo = FilesField(label="活动照片", kinds=IMAGES, required=False)
    document = FilesField(label="佐证材料", kinds=DOCUMENTS, required=False)

    def values(self) -> dict[str, Any]:
        """The arguments of the action."""
        facts = {name: value for name, value in self.cleaned_data.items() if name not in ("photo", "document")}
        return facts | {"files": {slot: self.cleaned_data[slot] for slot in ("photo", "document")}}

    @classmethod
    def of(cls, data: Any, files: Any, feature: FeatureProject) -> EvidenceForm:
        return cls(data, files, initial={name: getattr(feature, name) for name in cls.base_fields if name in FACTS})


FACTS = ("name", "group", "served", "plan", "results")


class DraftForm(EvidenceForm):
    name = forms.CharField(label="项目主题", max_length=60, help_text="例如：“夕阳有伴”独居老人互助")
    group = forms.ChoiceField(label="服务群体", choices=choices_of(FeatureGroup.choices, "请选择"))
    served = forms.CharField(label="服务对象", max_length=100, help_text="例如：辖区 80 岁以上独居老人 46 人")
    plan = _long("实施方案", 6, f"目标、做法、时间安排、人员和经费；申报前必填。最多 {TEXT_LENGTH} 字。")
    field_order = ["station", "year", *FACTS, "photo", "document"]


class CreateForm(DraftForm):
    """With the station, of those where the user writes, and the year."""

    station = forms.ModelChoiceField(label="站点", queryset=Station.objects.none())
    year = forms.IntegerField(
        label="年度", min_value=FIRST_YEAR, max_value=2099, initial=lambda: timezone.localdate().year
    )

    def __init__(self, data: Any = None, files: Any = None, *, user: User, initial: Any = None) -> None:
        super().__init__(data, files, initial=initial)
        field: Any = self.fields["station"]
        stations = Station.objects.visible_to(user, Permission.EDIT_FEATURE).completed(timezone.localdate())
        field.queryset = stations.select_related("unit").order_by("unit__path")


class _StepForm(forms.Form):
    """A step taken on what the user saw: `expected` is the key of the latest step then."""

    expected = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, expected: int) -> None:
        super().__init__(data, initial={"expected": expected})


def _comment(label: str = "意见") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "maxlength": COMMENT_LENGTH})
    return forms.CharField(label=label, required=False, widget=widget)


class ApplyForm(_StepForm):
    pass


class ReviewForm(_StepForm):
    accepted = forms.TypedChoiceField(
        label="审核结果",
        choices=[("yes", "认定"), ("no", "退回修改")],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )
    on = day_field("日期")
    comment = _comment("意见（退回必填）")


class DatedForm(_StepForm):
    """Recommend, finish."""

    on = day_field("日期")
    comment = _comment()


class StopForm(_StepForm):
    on = day_field("中止日期")
    reason = note_field("中止理由", required=True)
