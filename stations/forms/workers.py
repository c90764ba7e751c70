"""Forms about workers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission, Role
from common.forms import choices_of, day_field, note_field
from stations.models import Education, EmployerKind, Language, Sex, Station, StationPosting, Worker

FULL_TIME = [("yes", "专职"), ("no", "兼职")]


class StationField(forms.ModelChoiceField):
    """A live station, told with its township."""

    def label_from_instance(self, obj: Station) -> str:
        return f"{obj.unit.name}（{obj.unit.parent.name}）"  # type: ignore[union-attr]


class WorkerForm(forms.Form):
    """A worker's file. An empty number keeps the one that is there."""

    name = forms.CharField(label="姓名", max_length=40)
    id_number = forms.CharField(
        label="身份证号",
        required=False,
        max_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="加密保存，只显示前 3 位和后 2 位",
    )
    sex = forms.ChoiceField(label="性别", choices=choices_of(Sex.choices, "---------"), required=False)
    born_on = day_field("出生日期", required=False, today=False, help_text="填写了身份证号的不用填，由号码得出")
    education = forms.ChoiceField(label="学历", choices=choices_of(Education.choices, "---------"), required=False)
    major = forms.CharField(label="所学专业", max_length=40, required=False)
    languages = forms.MultipleChoiceField(
        label="服务语言", choices=Language.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    other_language = forms.CharField(label="其他语言", max_length=20, required=False, help_text="勾选“其他”时填写")
    phone = forms.CharField(
        label="联系电话", required=False, max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    unit = forms.ModelChoiceField(
        label="建档单位",
        queryset=OrgUnit.objects.none(),
        help_text="保管其档案的县、乡镇或站点",
        empty_label="---------",
    )
    user = forms.ModelChoiceField(
        label="登录账号",
        required=False,
        queryset=User.objects.none(),
        help_text="该社工登录本系统用的账号",
        empty_label="---------",
    )

    def __init__(self, data: Any = None, *, user: User, worker: Worker | None = None) -> None:
        initial = {}
        if worker:
            initial = _initial(worker)
        super().__init__(data, initial=initial)
        units = OrgUnit.objects.visible_to(user, Permission.MANAGE_WORKERS).filter(level__gte=Level.COUNTY)
        fields: dict[str, Any] = self.fields
        fields["unit"].queryset = units.filter(closed_on=None).order_by("path")
        if worker is None:
            del fields["user"]
            return
        if worker.id_number:
            del fields["sex"], fields["born_on"]  # they follow from the number
            fields["id_number"].help_text = f"现为 {worker.masked_id_number}；不修改请留空"
        accounts = User.objects.visible_to(user, Permission.MANAGE_WORKERS)
        free = Q(postings__role=Role.STATION_WORKER, worker=None)
        fields["user"].queryset = accounts.filter(free | Q(worker=worker)).distinct()
        # What lies outside the scope cannot be chosen, so a form without it must not empty it.
        if not fields["unit"].queryset.filter(pk=worker.unit_id).exists():
            del fields["unit"]
        if worker.user_id and not fields["user"].queryset.filter(pk=worker.user_id).exists():
            del fields["user"]

    def changes(self) -> dict[str, Any]:
        """What edit_worker takes: an empty number is left out."""
        return {name: value for name, value in self.cleaned_data.items() if name != "id_number" or value}


def _initial(worker: Worker) -> dict[str, Any]:
    spoken = list(worker.languages.all())
    return {
        "name": worker.name,
        "phone": worker.phone,
        "unit": worker.unit_id,
        "user": worker.user_id,
        "sex": worker.sex,
        "born_on": worker.born_on,
        "education": worker.education,
        "major": worker.major,
        "languages": [row.language for row in spoken],
        "other_language": next((row.name for row in spoken if row.name), ""),
    }


class TakeOverForm(forms.Form):
    """A file that another unit keeps."""

    name = forms.CharField(label="姓名", max_length=40)
    id_number = forms.CharField(
        label="身份证号",
        max_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="姓名和身份证号都相符才能转入",
    )
    unit = forms.ModelChoiceField(label="转入单位", queryset=OrgUnit.objects.none(), empty_label="---------")

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        units = OrgUnit.objects.visible_to(user, Permission.MANAGE_WORKERS).filter(level__gte=Level.COUNTY)
        fields: dict[str, Any] = self.fields
        fields["unit"].queryset = units.filter(closed_on=None).order_by("path")


class EmploymentForm(forms.Form):
    employer_kind = forms.ChoiceField(
        label="用人单位类型", choices=choices_of(EmployerKind.choices, "---------"), required=True
    )
    employer_name = forms.CharField(label="用人单位", max_length=80)
    full_time = forms.ChoiceField(label="专职或兼职", choices=FULL_TIME, widget=forms.RadioSelect)
    on = day_field("起始日期", help_text="原有聘用到这一天为止")

    def values(self) -> dict[str, Any]:
        """What `employ` takes."""
        return self.cleaned_data | {"full_time": self.cleaned_data["full_time"] == "yes"}


class PostForm(forms.Form):
    """Post a worker, or transfer them. `current` is the posting that the user sees; it travels with the form."""

    station = StationField(label="站点", queryset=Station.objects.none(), empty_label="---------")
    on = day_field("驻站起始日期")
    note = note_field()
    accept_uncertified = forms.BooleanField(label="没有有效证书，仍然派驻", required=False)
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, user: User, current: StationPosting | None = None, certified: bool = True
    ) -> None:
        super().__init__(data, initial={"expected": current.pk if current else 0})
        fields: dict[str, Any] = self.fields
        if certified and data is None:
            del fields["accept_uncertified"]
        fields["station"].queryset = (
            Station.objects.visible_to(user, Permission.MANAGE_WORKERS)
            .filter(closed_on=None)
            .exclude(pk=current.station_id if current else None)
            .select_related("unit__parent")
        )
        if current:
            fields["on"].help_text = "现在的驻站到这一天为止"
            fields["note"].label = "调动原因"

    def values(self) -> dict[str, Any]:
        """What post_worker takes."""
        return {"accept_uncertified": False, **self.cleaned_data}
