"""The faults to find (R10). A document may name one without a number: the number then comes from above."""

from __future__ import annotations

from policies.kinds.base import Kind
from policies.kinds.parameters import Parameter, Parameters, ParameterType, number
from policies.models import ProvisionKind

_UNSET = "文件只点明问题、没有数值的，留空：数值沿用上级规定"


def _percent(label: str) -> Parameter:
    return Parameter("percent", label, ParameterType.PERCENT, required=False, low=1, high=100, help=_UNSET)


def _fault(kind: ProvisionKind, number_asked: Parameter, fault: str, words: str) -> Kind:
    """`words` holds {n}."""

    def sentence(p: Parameters) -> str:
        number = next(iter(p.values()), None)
        return f"点明“{fault}”问题，未定数值" if number is None else f"{words.format(n=number)}，认定为{fault}"

    return Kind(kind, "R10", (number_asked,), sentence)


FAULT_KINDS = (
    _fault(
        ProvisionKind.FAULT_NOT_OPERATING,
        number("days", "连续无服务天数", 1, 365, required=False, help=_UNSET),
        "挂牌未运营",
        "挂牌后连续{n}天没有服务记录",
    ),
    _fault(
        ProvisionKind.FAULT_CLERICAL,
        _percent("事务性服务占比高于（%）"),
        "工作内容偏事务",
        "当月事务性服务占比高于{n}%",
    ),
    _fault(
        ProvisionKind.FAULT_UNPROFESSIONAL,
        _percent("个案、小组占比低于（%）"),
        "专业化程度较低",
        "当月个案、小组服务占比低于{n}%",
    ),
    _fault(ProvisionKind.FAULT_UNCERTIFIED, _percent("持证率低于（%）"), "持证率不高", "驻站社工持证率低于{n}%"),
    _fault(
        ProvisionKind.FAULT_PART_TIME,
        _percent("专职比例低于（%）"),
        "工作人员非专职",
        "驻站社工专职比例低于{n}%",
    ),
)
