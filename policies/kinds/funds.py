"""Money (R12): used for its purpose only, passed on in time, spent within its year."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from policies.kinds.base import Kind
from policies.kinds.parameters import Parameter, Parameters, ParameterType, number
from policies.models import ProvisionKind


def _purpose(p: Parameters) -> str:
    return "资金按规定用途使用，不得超范围使用，不得挤占、截留、挪用"


def _holding(p: Parameters) -> str:
    if "days" not in p:
        return "严禁截留资金，未定天数"
    return f"资金到账后{p['days']}日内下达或支出，在站点以上停留更久的，列为截留疑点"


def _unspent(p: Parameters) -> str:
    return f"到当年{p['month']}月{p['day']}日，到账资金未支出超过{p['percent']}%的，列为年末结余疑点"


def _real_day(values: dict[str, Any]) -> None:
    try:
        date(2023, values["month"], values["day"])  # a year without 29 February: the day must come every year
    except ValueError:
        raise ValidationError({"day": f"{values['month']}月没有{values['day']}日，或不是每年都有"}) from None


FUND_KINDS = (
    Kind(ProvisionKind.FUND_PURPOSE, "R12", (), _purpose, arises="资金按支出之日"),
    Kind(
        ProvisionKind.FUND_HOLDING,
        "R12",
        (
            number(
                "days",
                "到账后几日内下达或支出",
                1,
                730,
                required=False,
                help="文件只点明“严禁截留”、没有天数的，留空：天数沿用上级规定",
            ),
        ),
        _holding,
        arises="资金按到账之日",
    ),
    Kind(
        ProvisionKind.FUND_UNSPENT,
        "R12",
        (
            number("month", "几月", 1, 12, 10),
            number("day", "几日", 1, 31, 31),
            Parameter("percent", "未支出超过（%）", ParameterType.PERCENT, low=0, high=99, initial=20),
        ),
        _unspent,
        check=_real_day,
        arises="资金按其年度的该日",
    ),
)
