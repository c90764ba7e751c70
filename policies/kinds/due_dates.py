"""Deadlines (R5, R6, R7): each with its parameters, its words, and the pure rule by which a due date follows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from common.months import Month
from common.workdays import Extension, extend_past_rest
from policies.deadlines import About, Basis, Deadline, Due
from policies.kinds.base import Kind
from policies.kinds.parameters import Parameter, Parameters, ParameterType, day_in_words, number
from policies.models import ProvisionKind


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


# ---- monthly report (R7) --------------------------------------------------------------------------------------------


def monthly_report(month: Month, basis: Basis) -> Due:
    """R7: a day of the next month; on a rest day, the n-th working day after the run of rest days that contains it."""
    parameters = basis.parameters
    extension = extend_past_rest(
        # Not `(month + 1).first`: a Month ends at 2099-12, its report is due after that.
        month.last + timedelta(days=parameters["day"]),
        basis.years,
        working_days=parameters["working_days"],
        weekends_rest=parameters["weekends_rest"],
    )
    return basis.due(extension.due, _monthly_reason(extension, parameters["day"]), provisional=extension.provisional)


def _monthly_reason(extension: Extension, day: int) -> str:
    if extension.rest_from is None:
        words = f"次月{day}日前上报，{_day(extension.due)}截止"
    else:
        words = f"{_rest_in_words(extension.holiday)}顺延，{_day(extension.due)}截止"
    if extension.provisional:
        words += f"（{extension.due.year}年节假日安排尚未公布，日期暂定）"
    return words


def _rest_in_words(holiday: str) -> str:
    if not holiday:
        return "周末"
    short = holiday if holiday == "劳动节" else holiday.removesuffix("节")  # nobody says 劳动假期 or 国庆节假期
    return f"{short}假期"


def _monthly_sentence(p: Parameters) -> str:
    rest = "节假日和双休日" if p["weekends_rest"] else "法定节假日（双休日不顺延）"
    return f"每月{p['day']}日前上报上月工作总结；遇{rest}，顺延至假期结束后第{p['working_days']}个工作日"


MONTHLY_REPORT = Kind(
    ProvisionKind.MONTHLY_REPORT,
    "R7",
    (
        number("day", "次月几日前", 1, 28, 3),
        number("working_days", "顺延后第几个工作日", 1, 15, 3, help="从假期结束次日起数"),
        Parameter(
            "weekends_rest",
            "双休日也顺延",
            ParameterType.BOOLEAN,
            required=False,
            initial=True,
            help="不勾选：只有放假通知中的休息日顺延",
        ),
    ),
    _monthly_sentence,
    arises="月报按所报月份的最后一天",
    deadline=Deadline(About.MONTH, "报告的月份", monthly_report, example="{month}的月报"),
)


# ---- entry of a service (R6) ----------------------------------------------------------------------------------------


def service_entry(ended_on: date, basis: Basis) -> Due:
    """R6: so many days after the service ended; rest days do not move it."""
    days = basis.parameters["days"]
    due = ended_on + timedelta(days=days)
    when = {0: "服务结束当日", 1: "服务结束次日"}.get(days, f"服务结束后{days}日内")
    return basis.due(due, f"{when}录入，{_day(due)}截止")


def _service_sentence(p: Parameters) -> str:
    when = {0: "结束当日", 1: "结束次日"}.get(p["days"], f"结束后{p['days']}日内")
    return f"服务（活动）{when}完成录入"


SERVICE_ENTRY = Kind(
    ProvisionKind.SERVICE_ENTRY,
    "R6",
    (number("days", "结束后几日内", 0, 60, 1, help="1 即次日"),),
    _service_sentence,
    arises="服务按结束之日",
    deadline=Deadline(About.DAY, "服务结束日期", service_entry, example="当日结束的服务"),
)


# ---- basics of a station (R5) ---------------------------------------------------------------------------------------


def station_basics(completed_on: date, basis: Basis) -> Due:
    """R5: a fixed date for stations that stood already, or so many days after completion."""
    fixed = basis.parameters.get("due_on")
    if fixed:
        due = date.fromisoformat(fixed)
        return basis.due(due, f"已建成站点统一录入，{due.year}年{_day(due)}截止")
    days = basis.parameters["days"]
    due = completed_on + timedelta(days=days)
    return basis.due(due, f"{'建成当日' if days == 0 else f'建成后{days}日内'}录入，{_day(due)}截止")


def _basics_sentence(p: Parameters) -> str:
    if "due_on" in p:
        return f"站点基础信息于{day_in_words(p['due_on'])}前录入"
    return f"建成后{p['days']}日内录入站点基础信息"


def _one_of_two(values: dict[str, Any]) -> None:
    if ("due_on" in values) == ("days" in values):
        raise ValidationError({"days": "“统一截止日期”和“建成后天数”请只填一项"})


STATION_BASICS = Kind(
    ProvisionKind.STATION_BASICS,
    "R5",
    (
        Parameter("due_on", "统一截止日期", ParameterType.DATE, required=False, help="适用于已建成的站点"),
        number("days", "建成后几日内", 0, 365, required=False),
    ),
    _basics_sentence,
    check=_one_of_two,
    arises="站点按建成之日",
    deadline=Deadline(About.DAY, "建成日期", station_basics, example="当日建成的站点", judged_again=True),
)

# ---- follow-up of a referral (R13) -----------------------------------------------------------------------------------


def referral_follow_up(succeeded_on: date, basis: Basis) -> Due:
    """R13: so many days after the referral succeeded; rest days do not move it."""
    days = basis.parameters["days"]
    due = succeeded_on + timedelta(days=days)
    return basis.due(due, f"转介成功后{days}日内回访，{_day(due)}截止")


REFERRAL_FOLLOW_UP = Kind(
    ProvisionKind.REFERRAL_FOLLOW_UP,
    "R13",
    (number("days", "成功后几日内", 1, 365, 30),),
    lambda p: f"转介、资源链接成功后{p['days']}日内回访",
    arises="转介按成功之日",
    deadline=Deadline(About.DAY, "转介成功日期", referral_follow_up, example="当日成功的转介"),
)

DUE_DATES = (MONTHLY_REPORT, SERVICE_ENTRY, STATION_BASICS, REFERRAL_FOLLOW_UP)
