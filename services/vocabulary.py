"""The words of service records: domains, methods, nature (R13, R20)."""

from __future__ import annotations

from django.db import models

from clients.vocabulary import FocusGroup

__all__ = [
    "ADMINISTRATIVE",
    "Domain",
    "Doubt",
    "FocusGroup",
    "Method",
    "Nature",
    "ReviewState",
    "domain_for",
    "suggested_title",
    "what",
    "whom",
]


class Domain(models.TextChoices):
    """R13."""

    RELIEF = "RELIEF", "社会救助"
    ELDERLY_CARE = "ELDERLY_CARE", "养老服务"
    CHILD_WELFARE = "CHILD_WELFARE", "儿童福利"
    COMMUNITY = "COMMUNITY", "社区治理"
    MARRIAGE_FUNERAL = "MARRIAGE_FUNERAL", "婚姻殡葬"
    DISABILITY = "DISABILITY", "残疾人服务"


class Method(models.TextChoices):
    """domain.md §4; CLERICAL is administrative 事务性, all others professional 服务性 (R20)."""

    VISIT = "VISIT", "探访"
    CASE = "CASE", "个案"
    GROUP = "GROUP", "小组"
    ACTIVITY = "ACTIVITY", "社区活动"
    EMOTIONAL_SUPPORT = "EMOTIONAL_SUPPORT", "精神慰藉"
    HOTLINE = "HOTLINE", "热线咨询"
    RESOURCE_LINK = "RESOURCE_LINK", "资源链接"
    VOLUNTEERING = "VOLUNTEERING", "志愿服务"
    POLICY_ADVOCACY = "POLICY_ADVOCACY", "政策宣传"
    SUPPORT_NETWORK = "SUPPORT_NETWORK", "社会支持网络"
    COMMUNITY_CARE = "COMMUNITY_CARE", "社区照顾"
    CLERICAL = "CLERICAL", "民政事务性协助"


ADMINISTRATIVE = frozenset({Method.CLERICAL})


class Doubt(models.TextChoices):
    """What may look odd about an entry: warnings, not walls."""

    SAME_PHOTO = "SAME_PHOTO", "照片重复"
    OVERLAP = "OVERLAP", "时间重叠"
    MANY_VISITS = "MANY_VISITS", "一天探访过多"
    COPIED_TEXT = "COPIED_TEXT", "文字雷同"
    WEEKS_LATE = "WEEKS_LATE", "迟录数周"


class ReviewState(models.TextChoices):
    """Where a record stands with its checker."""

    PENDING = "PENDING", "待审阅"
    REVIEWED = "REVIEWED", "已阅"
    ASKED = "ASKED", "退回询问"
    ANSWERED = "ANSWERED", "已答复"
    ACCEPTED = "ACCEPTED", "已认可"


class Nature(models.TextChoices):
    """R20: clerk's work against professional service; follows from the method."""

    ADMINISTRATIVE = "administrative", "事务性"
    PROFESSIONAL = "professional", "服务性"

    @classmethod
    def of(cls, method: str) -> Nature:
        return cls.ADMINISTRATIVE if method in ADMINISTRATIVE else cls.PROFESSIONAL


# A title that needs no typing: whom the domain serves and what the method does. 养老服务 + 探访 → 老年人入户探访.
_WHOM = {
    Domain.RELIEF: "困难家庭",
    Domain.ELDERLY_CARE: "老年人",
    Domain.CHILD_WELFARE: "儿童",
    Domain.COMMUNITY: "居民",
    Domain.MARRIAGE_FUNERAL: "婚姻殡葬",
    Domain.DISABILITY: "残疾人",
}
_WHAT = {
    Method.VISIT: "入户探访",
    Method.CASE: "个案服务",
    Method.GROUP: "小组活动",
    Method.ACTIVITY: "社区活动",
    Method.EMOTIONAL_SUPPORT: "精神慰藉",
    Method.HOTLINE: "电话咨询",
    Method.RESOURCE_LINK: "资源链接",
    Method.VOLUNTEERING: "志愿服务",
    Method.POLICY_ADVOCACY: "政策宣传",
    Method.SUPPORT_NETWORK: "支持网络建设",
    Method.COMMUNITY_CARE: "社区照顾",
    Method.CLERICAL: "业务办理协助",
}


def whom(domain: str | None) -> str:
    """The first half of a suggested title; "" for an unknown domain."""
    return _WHOM[Domain(domain)] if domain in Domain.values else ""


def what(method: str | None) -> str:
    """The second half of a suggested title; "" for an unknown method."""
    return _WHAT[Method(method)] if method in Method.values else ""


def suggested_title(domain: str | None, method: str | None) -> str:
    """A title for what was chosen; "" until both are."""
    return f"{whom(domain)}{what(method)}" if whom(domain) and what(method) else ""


def domain_for(groups: frozenset[FocusGroup]) -> str:
    """The domain in which somebody of these focus groups is served most likely; "" for none of them."""
    for group, domain in (
        (FocusGroup.CHILDREN, Domain.CHILD_WELFARE),
        (FocusGroup.ORPHANS, Domain.CHILD_WELFARE),
        (FocusGroup.ELDERLY, Domain.ELDERLY_CARE),
        (FocusGroup.HARDSHIP, Domain.RELIEF),
    ):
        if group in groups:
            return domain.value
    return ""


def entry_labels() -> dict[str, dict[str, str]]:
    """The words of the entry form's codes, for the script that lists what waits on a phone."""
    return {
        "method": {value: str(label) for value, label in Method.choices},
        "domain": {value: str(label) for value, label in Domain.choices},
    }
