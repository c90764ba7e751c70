"""What a station and its workers must have (R3, R4)."""

from __future__ import annotations

from policies.kinds.base import Kind
from policies.kinds.parameters import Parameter, Parameters, ParameterType
from policies.models import Dimension, ProvisionKind


def _dimension(p: Parameters) -> str:
    return f"站点建设标准包括“{Dimension(p['dimension']).label}”"


def _certificate(p: Parameters) -> str:
    if p["required"]:
        return "驻站社工须取得全国社会工作者职业资格证书"
    return "驻站社工不要求取得全国社会工作者职业资格证书"


REQUIREMENTS = (
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
)
