"""What a station and its workers must have (R3, R4)."""

from __future__ import annotations

from policies.kinds.base import Kind
from policies.kinds.parameters import Parameter, Parameters, ParameterType, number
from policies.models import Dimension, ProvisionKind


def _dimension(p: Parameters) -> str:
    return f"站点建设标准包括“{Dimension(p['dimension']).label}”"


def _certificate(p: Parameters) -> str:
    if p["required"]:
        return "驻站社工须取得全国社会工作者职业资格证书"
    return "驻站社工不要求取得全国社会工作者职业资格证书"


def _expiry(p: Parameters) -> str:
    return f"社会工作者证书登记有效期届满前{p['days']}日内，列为即将到期"


def _staffing(p: Parameters) -> str:
    return f"每个社工站驻站社工不少于{p['workers']}人"


def _training(p: Parameters) -> str:
    return f"驻站社工每年接受培训不少于{p['hours']}学时"


def _acceptance_item(p: Parameters) -> str:
    return f"站点验收须看“{p['item']}”{'（必备，不符合不得合格）' if p.get('necessary') else ''}"


ITEM_LENGTH = 120  # characters of an item of acceptance

REQUIREMENTS = (
    Kind(
        ProvisionKind.STANDARD_DIMENSION,
        "R3",
        (Parameter("dimension", "维度", ParameterType.CHOICE, choices=tuple(Dimension.choices)),),
        _dimension,
        subject=("dimension",),
    ),
    Kind(
        ProvisionKind.CERTIFICATE_REQUIRED,
        "R4",
        (Parameter("required", "须持证", ParameterType.BOOLEAN, required=False, initial=True),),
        _certificate,
    ),
    Kind(
        ProvisionKind.CERTIFICATE_EXPIRY,
        "R4",
        (number("days", "到期前几日内提醒", 1, 730, 90),),
        _expiry,
        arises="证书按提醒当日",
    ),
    Kind(
        ProvisionKind.STAFFING,
        "R3",
        (number("workers", "每个社工站至少几人", 1, 99, 2),),
        _staffing,
        arises="驻站人数按统计当日",
    ),
    Kind(
        ProvisionKind.TRAINING_HOURS,
        "R17",
        (number("hours", "每人每年至少几学时", 1, 500),),
        _training,
        arises="培训按当年最后一天",
    ),
    Kind(
        ProvisionKind.ACCEPTANCE_ITEM,
        "R3",
        (
            Parameter(
                "item",
                "验收内容",
                ParameterType.TEXT,
                high=ITEM_LENGTH,
                help="与上级规定逐字相同的，取代上级的这一项；不同的，另加一项",
            ),
            Parameter("necessary", "必备", ParameterType.BOOLEAN, required=False, initial=True),
            number("order", "序号", 1, 999, 100, help="验收表按序号排列"),
        ),
        _acceptance_item,
        subject=("item",),
        arises="验收按验收之日",
    ),
)
