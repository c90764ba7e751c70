"""Forms about stations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef

from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from common.forms import choices_of, day_field, note_field
from files.forms import FilesField
from stations.models import Hosting, Station, StationKind, StationStatus

# The dates of a station that stands already; each field is named as create_station reports its errors.
LATER = {
    "building_on": StationStatus.BUILDING,
    "completed_on": StationStatus.COMPLETED,
    "accepted_on": StationStatus.ACCEPTED,
    "sign_hung_on": StationStatus.SIGN_HUNG,
    "operating_on": StationStatus.OPERATING,
}
BASICS = ("address", "contact_name", "contact_phone", "hosting", "host_name", "area_square_metres")


class TownshipField(forms.ModelChoiceField):
    def label_from_instance(self, obj: OrgUnit) -> str:
        return f"{obj.name}（已有社工站）" if obj.has_station else obj.name  # type: ignore[attr-defined]


class BasicsForm(forms.Form):
    """The basics (R5). Those four that make them complete are told in the help texts."""

    address = forms.CharField(label="地址", required=False, max_length=200)
    contact_name = forms.CharField(label="联系人", required=False, max_length=40)
    contact_phone = forms.CharField(
        label="联系电话", required=False, max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    hosting = forms.ChoiceField(label="运营方式", required=False, choices=choices_of(Hosting.choices, "---------"))
    host_name = forms.CharField(
        label="运营单位", required=False, max_length=80, help_text="承接机构或乡镇（街道）的名称"
    )
    area_square_metres = forms.DecimalField(
        label="面积（平方米）", required=False, min_value=0, max_digits=7, decimal_places=1
    )


class SetUpForm(BasicsForm):
    """What only those who create stations set: from when on the station must report is not its own choice."""

    name = forms.CharField(label="名称", max_length=80, help_text="如：北关街道社工站")
    records_from = day_field(
        "启用日期",
        required=False,
        today=False,
        help_text="此前已在别处记录的老站点填写：自该日所在月起在本系统报送月报；不填则自开始运营起",
    )


class EditForm(SetUpForm):
    """The basics, and the rest for those who create stations."""

    field_order = ("name", *BASICS, "records_from")

    def __init__(self, data: Any = None, *, station: Station, may_rename: bool) -> None:
        initial = {field: getattr(station, field) for field in (*BASICS, "records_from")}
        super().__init__(data, initial=initial | {"name": station.unit.name})
        if not may_rename:
            del self.fields["name"], self.fields["records_from"]


class CreateForm(SetUpForm):
    """A new station or room, with the dates that it has reached already."""

    township = TownshipField(label="乡镇（街道）", queryset=OrgUnit.objects.none(), empty_label="---------")
    kind = forms.ChoiceField(
        label="类型",
        choices=[(kind.value, kind.label) for kind in (StationKind.STATION, StationKind.ROOM)],
        initial=StationKind.STATION,
        widget=forms.RadioSelect,
    )
    started_on = day_field("筹建日期")
    building_on = day_field("开工建设日期", required=False, today=False)
    completed_on = day_field("建成日期", required=False, today=False)
    accepted_on = day_field("验收日期", required=False, today=False)
    sign_hung_on = day_field("挂牌日期", required=False, today=False)
    operating_on = day_field("开始运营日期", required=False, today=False)

    def __init__(self, data: Any = None, *, user: User, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        seen = Station.objects.visible_to(user, Permission.CREATE_STATION)
        standing = seen.filter(unit__parent=OuterRef("pk"), kind=StationKind.STATION, closed_on=None)
        fields: dict[str, Any] = self.fields
        fields["township"].queryset = (
            OrgUnit.objects.visible_to(user, Permission.CREATE_STATION)
            .filter(level=Level.TOWNSHIP, closed_on=None, is_virtual=False)
            .annotate(has_station=Exists(standing))
        )

    def sections(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Title, hint and fields of each part of the page."""
        return [
            ("站点", "", [self[name] for name in ("township", "kind", "name", "started_on")]),
            (
                "已经完成的步骤",
                "站点还在筹建的，这里都不填；以后在站点页面登记。",
                [self[name] for name in (*LATER, "records_from")],
            ),
            (
                "基础信息",
                "可以以后再录入。建成后须在期限内录入地址、联系人、联系电话和运营方式。",
                [self[n] for n in BASICS],
            ),
        ]

    def values(self) -> dict[str, Any]:
        """What create_station takes; the statuses that were given a date, in the order of a station's life."""
        given = self.cleaned_data
        statuses = [(status, given[name]) for name, status in LATER.items() if given[name]]
        rest = {name: value for name, value in given.items() if name not in LATER}
        return rest | {"statuses": statuses}


class StatusForm(forms.Form):
    status = forms.ChoiceField(label="新状态", widget=forms.RadioSelect)
    on = day_field("起始日期")
    note = note_field()
    uploads = FilesField(label="照片或文件", required=False)
    expected = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, files: Any = None, *, following: tuple[StationStatus, ...], expected: int
    ) -> None:
        super().__init__(data, files, initial={"expected": expected})
        fields: dict[str, Any] = self.fields
        # A status that someone else made impossible must reach the action, which says so; shown is what may be chosen.
        fields["status"].choices = StationStatus.choices
        chosen = self.data.get("status")
        fields["status"].widget.choices = [
            (status.value, status.label) for status in StationStatus if status in following or status.value == chosen
        ]
