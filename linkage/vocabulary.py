"""The words of five-party linkage 五社联动 (R13)."""

from __future__ import annotations

from django.db import models

GONE = "（已匿名）"  # stands where a text of an anonymised person must not be empty


class Party(models.TextChoices):
    """The five 五社."""

    COMMUNITY = "COMMUNITY", "社区"
    WORKER = "WORKER", "社会工作者"
    ORGANISATION = "ORGANISATION", "社区社会组织"
    VOLUNTEER = "VOLUNTEER", "社区志愿者"
    CHARITY = "CHARITY", "社会慈善资源"


class OrganisationKind(models.TextChoices):
    VOLUNTEER_TEAM = "VOLUNTEER_TEAM", "志愿服务队"
    CHARITY = "CHARITY", "公益慈善"
    MUTUAL_AID = "MUTUAL_AID", "邻里互助"
    LIVING = "LIVING", "生活服务"
    CULTURE = "CULTURE", "文体活动"
    AFFAIRS = "AFFAIRS", "议事协商"
    OTHER = "OTHER", "其他"


class Filing(models.TextChoices):
    """How an organisation stands with the authorities."""

    REGISTERED = "REGISTERED", "已登记"
    FILED = "FILED", "已备案"
    NONE = "NONE", "未登记备案"


class DonorKind(models.TextChoices):
    ORGANISATION = "ORGANISATION", "单位"
    PERSON = "PERSON", "个人"
    ANONYMOUS = "ANONYMOUS", "匿名"


class ResourceForm(models.TextChoices):
    GOODS = "GOODS", "物资"
    MONEY = "MONEY", "款项"


class RecipientKind(models.TextChoices):
    CLIENT = "CLIENT", "建档的服务对象"
    SERVICE = "SERVICE", "一次服务活动"
    ORGANISATION = "ORGANISATION", "社区社会组织"
    GROUP = "GROUP", "其他人员（按人数）"


class ReferralKind(models.TextChoices):
    """A person is handed on to somebody else, or something is found for a need."""

    REFERRAL = "REFERRAL", "转介"
    RESOURCE_LINK = "RESOURCE_LINK", "资源链接"


class Urgency(models.TextChoices):
    NORMAL = "NORMAL", "一般"
    URGENT = "URGENT", "较急"
    EMERGENCY = "EMERGENCY", "紧急"


class ToKind(models.TextChoices):
    """To whom."""

    MEDICAL = "MEDICAL", "医疗"
    RELIEF = "RELIEF", "民政救助"
    DISABLED = "DISABLED", "残联"
    EDUCATION = "EDUCATION", "教育"
    JUSTICE = "JUSTICE", "司法"
    EMPLOYMENT = "EMPLOYMENT", "人社"
    CHARITY = "CHARITY", "公益组织"
    OTHER = "OTHER", "其他"


class ReferralState(models.TextChoices):
    """Which may follow which is linkage.rules.NEXT."""

    TO_VERIFY = "TO_VERIFY", "待核实"
    CONTACTED = "CONTACTED", "已联系"
    REFERRED = "REFERRED", "已转介"
    SUCCEEDED = "SUCCEEDED", "成功"
    FAILED = "FAILED", "失败"
    FOLLOWED_UP = "FOLLOWED_UP", "已回访"


RUNNING = (ReferralState.TO_VERIFY, ReferralState.CONTACTED, ReferralState.REFERRED)
OUTCOMES = (ReferralState.SUCCEEDED, ReferralState.FAILED)
