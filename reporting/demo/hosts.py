"""The demo's agencies: names, and which of them runs which station. Each county's stations are shared by one or two."""

from __future__ import annotations

from reporting.demo import MARK

# Six digits of the home county first, then of the others where it works.
HOSTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("演示阳光社会工作服务中心", ("140702", "140781")),  # of the sign-in `agency`: stations in two counties
    ("演示晨曦社会工作服务中心", ("140702",)),
    ("演示同行社会工作服务中心", ("140703", "140727")),
    ("演示暖心社会工作服务中心", ("140781", "140729")),
    ("演示古城社会工作服务中心", ("140728",)),
    ("演示润泽社会工作服务中心", ("140725", "140724")),
    ("演示太行社会工作服务中心", ("140723", "140722", "140721")),
    ("演示和顺里社会工作协会", ("140728", "140727")),
    ("演示黄河社会工作服务中心", ("620102",)),
    ("演示金城社会工作服务中心", ("620102", "620103")),
    ("演示白塔社会工作服务中心", ("620103", "620104")),
    ("演示安宁社会工作服务中心", ("620105", "620104")),
    ("演示红古社会工作服务中心", ("620111", "620121")),
    ("演示兴隆社会工作服务中心", ("620123",)),
    ("演示皋兰社会工作服务中心", ("620122", "620121")),
)
BLACKLISTED = "演示启明社会工作服务中心"  # ran three stations of 介休 in 2023, until its contract was ended


def host_of(county_code: str, number: int) -> str:
    """The agency of a county's station with this number (from 0). Districts that no agency names get the first one."""
    here = [name for name, counties in HOSTS if county_code[:6] in counties] or [HOSTS[8][0]]
    return here[number % len(here)] + MARK
