"""What each kind of provision settles: its parameters with bounds and Chinese labels, its check, its sentence in words.

One declaration for a kind; forms, actions, pages and the shipped data all read it here. Parameters are stored as JSON:
whole numbers, booleans, ISO dates, names of a choice. Shares are whole percent (50 = 50 %), so that comparing is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError

from policies.models import Dimension, ProvisionKind

Parameters = Mapping[str, Any]


class ParameterType(Enum):
    INTEGER = "整数"
    PERCENT = "百分数"
    BOOLEAN = "是否"
    DATE = "日期"
    CHOICE = "选项"


@dataclass(frozen=True)
class Parameter:
    """One value of a provision. `low` and `high` bound numbers, both included."""

    name: str
    label: str
    type: ParameterType
    required: bool = True
    low: int = 0
    high: int = 0
    choices: tuple[tuple[str, str], ...] = ()
    initial: Any = None
    help: str = ""

    def clean(self, raw: Any) -> Any:
        """The JSON value of `raw` (typed text or a value), None when it is empty; ValidationError with the reason."""
        if raw is None or raw == "":
            if self.required:
                raise ValidationError(f"请填写{self.label}")
            return None
        return _CLEANERS[self.type](self, raw)


def _clean_number(parameter: Parameter, raw: Any) -> int:
    text = str(raw).strip()
    if isinstance(raw, bool) or not text.isascii() or not text.lstrip("-").isdigit() or len(text) > 9:
        raise ValidationError(f"{parameter.label}应为整数")
    if not parameter.low <= int(text) <= parameter.high:
        raise ValidationError(f"{parameter.label}应在 {parameter.low} 至 {parameter.high} 之间")
    return int(text)


def _clean_boolean(parameter: Parameter, raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValidationError(f"{parameter.label}应为是或否")
    return raw


def _clean_date(parameter: Parameter, raw: Any) -> str:
    try:
        day = raw if isinstance(raw, date) else date.fromisoformat(str(raw))
    except ValueError:
        raise ValidationError(f"{parameter.label}不是有效日期，应写作 2023-05-31") from None
    if not 2000 <= day.year <= 2099:
        raise ValidationError(f"{parameter.label}应在 2000 年至 2099 年之间")
    return day.isoformat()


def _clean_choice(parameter: Parameter, raw: Any) -> str:
    if raw not in dict(parameter.choices):
        raise ValidationError(f"请选择{parameter.label}")
    return raw


_CLEANERS: dict[ParameterType, Callable[[Parameter, Any], Any]] = {
    ParameterType.INTEGER: _clean_number,
    ParameterType.PERCENT: _clean_number,
    ParameterType.BOOLEAN: _clean_boolean,
    ParameterType.DATE: _clean_date,
    ParameterType.CHOICE: _clean_choice,
}


@dataclass(frozen=True)
class Kind:
    """A kind of provision.

    `subject` is the parameter that tells rows of one kind apart (each dimension has its own row). `inherited` is
    False where a row governs its own unit only (a county's target is not each township's).
    """

    kind: ProvisionKind
    rule: str
    parameters: tuple[Parameter, ...]
    sentence: Callable[[Parameters], str]
    subject: str = ""
    inherited: bool = True
    check: Callable[[dict[str, Any]], None] | None = None
    arises: str = "统计按当月最后一天"  # on which day what it governs arises, in words
    judged_again: bool = False  # a new row changes what was judged before; else that keeps its judgement

    @property
    def label(self) -> str:
        return str(self.kind.label)

    def clean(self, raw: Parameters) -> dict[str, Any]:
        """Checked JSON parameters, empty ones left out. ValidationError({parameter: 中文说明}), all of them at once."""
        errors: dict[str, list[str]] = {}
        values: dict[str, Any] = {}
        for parameter in self.parameters:
            try:
                value = parameter.clean(raw.get(parameter.name))
            except ValidationError as error:
                errors[parameter.name] = error.messages
                continue
            if value is not None:
                values[parameter.name] = value
        unknown = sorted(set(raw) - {parameter.name for parameter in self.parameters})
        if unknown:
            errors.setdefault("kind", []).append(f"“{self.label}”没有参数 {'、'.join(unknown)}")
        if errors:
            raise ValidationError(errors)
        if self.check:
            self.check(values)
        return values

    def subject_of(self, parameters: Parameters) -> str:
        """What tells this row from others of its kind; "" where the kind has one row."""
        return str(parameters.get(self.subject, "")) if self.subject else ""

    def in_order(self, subjects: Iterable[str]) -> list[str]:
        """Subjects in the order of the choices; due dates by date."""
        choices = [value for parameter in self.parameters for value, _ in parameter.choices]
        return sorted(subjects, key=lambda subject: (choices.index(subject) if subject in choices else -1, subject))


def day_in_words(text: str) -> str:
    """ "2023-05-31" → "2023年5月31日"."""
    day = date.fromisoformat(text)
    return f"{day.year}年{day.month}月{day.day}日"


def _monthly_report(p: Parameters) -> str:
    rest = "节假日和双休日" if p["weekends_rest"] else "法定节假日（双休日不顺延）"
    return f"每月{p['day']}日前上报上月工作总结；遇{rest}，顺延至假期结束后第{p['working_days']}个工作日"


def _service_entry(p: Parameters) -> str:
    when = {0: "结束当日", 1: "结束次日"}.get(p["days"], f"结束后{p['days']}日内")
    return f"服务（活动）{when}完成录入"


def _station_basics(p: Parameters) -> str:
    if "due_on" in p:
        return f"站点基础信息于{day_in_words(p['due_on'])}前录入"
    return f"建成后{p['days']}日内录入站点基础信息"


def _one_of_two(values: dict[str, Any]) -> None:
    if ("due_on" in values) == ("days" in values):
        raise ValidationError({"days": "“统一截止日期”和“建成后天数”请只填一项"})


def _coverage_target(p: Parameters) -> str:
    what = f"{p['count']} 个乡镇（街道）社工站" if "count" in p else "所有乡镇（街道）社工站"
    return f"{day_in_words(p['due'])}前建成{what}"


def _room_target(p: Parameters) -> str:
    return f"{p['due'][:4]}年新增示范社区社工室 {p['count']} 个，{day_in_words(p['due'])}前完成"


def _dimension(p: Parameters) -> str:
    return f"站点建设标准包括“{Dimension(p['dimension']).label}”"


def _certificate(p: Parameters) -> str:
    if p["required"]:
        return "驻站社工须取得全国社会工作者职业资格证书"
    return "驻站社工不要求取得全国社会工作者职业资格证书"


def _fault(fault: str, words: str) -> Callable[[Parameters], str]:
    """`words` holds {n}. A document may name a fault without a number: the number then comes from above."""

    def sentence(p: Parameters) -> str:
        number = next(iter(p.values()), None)
        return f"点明“{fault}”问题，未定数值" if number is None else f"{words.format(n=number)}，认定为{fault}"

    return sentence


def _number(name: str, label: str, low: int, high: int, initial: int | None = None, **extra: Any) -> Parameter:
    return Parameter(name, label, ParameterType.INTEGER, low=low, high=high, initial=initial, **extra)


_UNSET = "文件只点明问题、没有数值的，留空：数值沿用上级规定"


def _percent(label: str) -> tuple[Parameter, ...]:
    return (Parameter("percent", label, ParameterType.PERCENT, required=False, low=1, high=100, help=_UNSET),)


_DUE = Parameter("due", "完成期限", ParameterType.DATE)

KINDS: dict[ProvisionKind, Kind] = {
    declared.kind: declared
    for declared in (
        Kind(
            ProvisionKind.MONTHLY_REPORT,
            "R7",
            (
                _number("day", "次月几日前", 1, 28, 3),
                _number("working_days", "顺延后第几个工作日", 1, 15, 3, help="从假期结束次日起数"),
                Parameter(
                    "weekends_rest",
                    "双休日也顺延",
                    ParameterType.BOOLEAN,
                    required=False,
                    initial=True,
                    help="不勾选：只有放假通知中的休息日顺延",
                ),
            ),
            _monthly_report,
            arises="月报按所报月份的最后一天",
        ),
        Kind(
            ProvisionKind.SERVICE_ENTRY,
            "R6",
            (_number("days", "结束后几日内", 0, 60, 1, help="1 即次日"),),
            _service_entry,
            arises="服务按结束之日",
        ),
        Kind(
            ProvisionKind.STATION_BASICS,
            "R5",
            (
                Parameter("due_on", "统一截止日期", ParameterType.DATE, required=False, help="适用于已建成的站点"),
                _number("days", "建成后几日内", 0, 365, required=False),
            ),
            _station_basics,
            check=_one_of_two,
            arises="站点按建成之日",
            judged_again=True,
        ),
        Kind(
            ProvisionKind.COVERAGE_TARGET,
            "R1",
            (
                _number("count", "站点数", 1, 99_999, required=False, help="留空：每个乡镇（街道）一个，按现有数计"),
                _DUE,
            ),
            _coverage_target,
            subject="due",
            inherited=False,
        ),
        Kind(
            ProvisionKind.ROOM_TARGET,
            "R2",
            (_number("count", "当年新增社工室数", 1, 99_999), _DUE),
            _room_target,
            subject="due",
            inherited=False,
        ),
        Kind(
            ProvisionKind.STANDARD_DIMENSION,
            "R3",
            (Parameter("dimension", "维度", ParameterType.CHOICE, choices=tuple(Dimension.choices)),),
            _dimension,
            subject="dimension",
        ),
        Kind(
            ProvisionKind.CERTIFICATE_REQUIRED,
            "R4",
            (Parameter("required", "须持证", ParameterType.BOOLEAN, required=False, initial=True),),
            _certificate,
        ),
        Kind(
            ProvisionKind.FAULT_NOT_OPERATING,
            "R10",
            (_number("days", "连续无服务天数", 1, 365, required=False, help=_UNSET),),
            _fault("挂牌未运营", "挂牌后连续{n}天没有服务记录"),
        ),
        Kind(
            ProvisionKind.FAULT_CLERICAL,
            "R10",
            _percent("事务性服务占比高于（%）"),
            _fault("工作内容偏事务", "当月事务性服务占比高于{n}%"),
        ),
        Kind(
            ProvisionKind.FAULT_UNPROFESSIONAL,
            "R10",
            _percent("个案、小组占比低于（%）"),
            _fault("专业化程度较低", "当月个案、小组服务占比低于{n}%"),
        ),
        Kind(
            ProvisionKind.FAULT_UNCERTIFIED,
            "R10",
            _percent("持证率低于（%）"),
            _fault("持证率不高", "驻站社工持证率低于{n}%"),
        ),
        Kind(
            ProvisionKind.FAULT_PART_TIME,
            "R10",
            _percent("专职比例低于（%）"),
            _fault("工作人员非专职", "驻站社工专职比例低于{n}%"),
        ),
    )
}

FAULTS = frozenset(kind for kind in KINDS if KINDS[kind].rule == "R10")


def clean(kind: ProvisionKind | str, raw: Parameters) -> dict[str, Any]:
    """Checked parameters of a provision of `kind`; ValidationError({parameter: 中文说明})."""
    return KINDS[ProvisionKind(kind)].clean(raw)


def sentence(kind: ProvisionKind | str, parameters: Parameters) -> str:
    """The provision in words."""
    return KINDS[ProvisionKind(kind)].sentence(parameters)
