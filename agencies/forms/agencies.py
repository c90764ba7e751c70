"""Forms about agencies and procurements."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.forms.unit_field import UnitField
from accounts.models import Level, User
from accounts.queries import home_unit
from accounts.roles import Permission
from agencies.models import Agency, AgencyKind, Grade, Method, Outcome
from agencies.queries.lookup import agency_by_text, user_by_name
from common.forms import day_field, note_field
from common.money import MoneyField
from files.forms import FilesField
from files.kinds import BOTH
from stations.models import Worker

FULL_TIME = [("yes", "专职"), ("no", "兼职")]
FILE = ("credit_code", "name", "kind", "legal_person", "phone", "address", "registered_on")


def start_with(form: forms.Form, name: str, user: User, permission: Permission) -> None:
    """Offer the units where `user` holds the permission; the user's own one is filled in when its level fits."""
    field: Any = form.fields[name]
    field.limit(user, permission)
    home = home_unit(user)
    if home is not None and home.level in field.levels:
        field.initial = home


class AgencyField(forms.CharField):
    """An agency by its credit code, wherever it is registered, or by the name of one that the user sees."""

    def __init__(self, **given: Any) -> None:
        super().__init__(max_length=100, help_text="填写统一社会信用代码；本地已有的也可填写全称", **given)
        self.user: Any = None

    def prepare_value(self, value: Any) -> Any:
        return value.credit_code if isinstance(value, Agency) else value

    def clean(self, value: Any) -> Agency | None:
        text = super().clean(value)
        if not text:
            return None
        found = agency_by_text(self.user, text)
        if found is None:
            raise ValidationError(f"没有找到“{text[:30]}”，请核对代码，或先新建机构档案")
        return found


class AgencyForm(forms.Form):
    """The file of an agency."""

    credit_code = forms.CharField(
        label="统一社会信用代码", max_length=40, help_text="18 位，保存时核对校验位",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    name = forms.CharField(label="机构名称", max_length=80)
    kind = forms.ChoiceField(label="机构性质", choices=AgencyKind.choices)
    legal_person = forms.CharField(label="法定代表人", max_length=40)
    phone = forms.CharField(
        label="联系电话", required=False, max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    address = forms.CharField(label="地址", required=False, max_length=200)
    registered_on = day_field("登记日期", required=False, today=False)
    unit = UnitField(label="建档单位", help_text="保管机构档案的县或市", levels=(Level.CITY, Level.COUNTY))

    def __init__(self, data: Any = None, *, user: User, agency: Agency | None = None) -> None:
        super().__init__(data, initial={name: getattr(agency, name) for name in FILE} if agency else None)
        if agency:
            del self.fields["unit"]
            return
        start_with(self, "unit", user, Permission.MANAGE_CONTRACTS)


class GradeForm(forms.Form):
    grade = forms.ChoiceField(label="等级", choices=Grade.choices, widget=forms.RadioSelect)
    granted_on = day_field("授予日期", today=False)
    valid_until = day_field("有效期止", today=False, help_text="含当日")
    uploads = FilesField(label="等级证书", kinds=BOTH, required=False)


class BlacklistForm(forms.Form):
    on = day_field("列入日期")
    document = forms.CharField(label="依据文件", max_length=100, help_text="文号或决定书名称")
    reason = note_field("列入理由", required=True)
    uploads = FilesField(label="文件", kinds=BOTH, required=False)


class LiftForm(forms.Form):
    on = day_field("移出日期")
    reason = note_field("移出理由", required=True)


class UploadForm(forms.Form):
    """More files for a row, into one of its slots."""

    slot = forms.ChoiceField(label="材料种类", widget=forms.RadioSelect)
    uploads = FilesField(label="文件", kinds=BOTH)

    def __init__(self, data: Any = None, files: Any = None, *, slots: dict[str, str]) -> None:
        super().__init__(data, files, initial={"slot": next(iter(slots))})
        field: Any = self.fields["slot"]
        field.choices = list(slots.items())


class WorkerField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Worker) -> str:
        return f"{obj.name}（{obj.unit.name}建档）"


class EmployForm(forms.Form):
    worker = WorkerField(label="社工", queryset=Worker.objects.none(), empty_label="---------")
    full_time = forms.ChoiceField(label="专职或兼职", choices=FULL_TIME, widget=forms.RadioSelect, initial="yes")
    on = day_field("起始日期", help_text="原有聘用到这一天为止")

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        field: Any = self.fields["worker"]
        field.queryset = (
            Worker.objects.visible_to(user, Permission.MANAGE_WORKERS).select_related("unit").order_by("name")
        )

    def values(self) -> dict[str, Any]:
        """What `employ_by_agency` takes."""
        return self.cleaned_data | {"full_time": self.cleaned_data["full_time"] == "yes"}


class MemberForm(forms.Form):
    username = forms.CharField(
        label="用户名", max_length=60, help_text="已有的登录账号；没有任职或只任承接机构管理员的账号才能选用"
    )
    starts_on = day_field("起始日期")

    def clean_username(self) -> User:
        """By the exact name: who knows it may make the account a member; it gains sight of this agency only."""
        user = user_by_name(self.cleaned_data["username"])
        if user is None:
            raise ValidationError("没有这个账号，请先由账号管理员开设")
        return user


class EndMemberForm(forms.Form):
    on = day_field("结束日期", help_text="不含当日：填结束后的第一天")
    reason = note_field("理由")


class ProcurementForm(forms.Form):
    buyer = UnitField(label="采购单位", levels=(Level.CITY, Level.COUNTY, Level.TOWNSHIP))
    name = forms.CharField(label="项目名称", max_length=120)
    method = forms.ChoiceField(label="采购方式", choices=Method.choices, widget=forms.RadioSelect)
    budget = MoneyField(label="预算（元）")
    first_year = forms.IntegerField(label="服务起始年度", min_value=2000, max_value=2100)
    years = forms.IntegerField(label="服务年数", min_value=1, max_value=5, initial=1)
    announced_on = day_field("公告日期", help_text="单一来源、定向委托填写决定日期")
    uploads = FilesField(label="采购文件", kinds=BOTH, required=False)

    def __init__(self, data: Any = None, files: Any = None, *, user: User) -> None:
        super().__init__(data, files, initial={"first_year": timezone.localdate().year})
        start_with(self, "buyer", user, Permission.MANAGE_CONTRACTS)


class OpenForm(forms.Form):
    on = day_field("开标（评审）日期")


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(label="结果", choices=Outcome.choices, widget=forms.RadioSelect)
    winner = AgencyField(label="成交机构", required=False)
    on = day_field("成交日期", required=False)
    note = note_field("说明（流标、终止须写明原因）")

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        field: Any = self.fields["winner"]
        field.user = user


class ReasonForm(forms.Form):
    reason = note_field("理由", required=True)
