"""The words of money: sources, tiers, spending categories, whom a payment serves, kinds of entries and findings."""

from __future__ import annotations

from django.db import models

from accounts.models import Level


class Source(models.TextChoices):
    FISCAL = "FISCAL", "财政资金"
    LOTTERY = "LOTTERY", "福彩公益金"
    DONATION = "DONATION", "社会捐赠"
    OTHER = "OTHER", "其他"


class Tier(models.IntegerChoices):
    """Whose money it is. The numbers are those of accounts.models.Level."""

    NATION = Level.NATION.value, "中央"
    PROVINCE = Level.PROVINCE.value, "省级"
    CITY = Level.CITY.value, "市级"
    COUNTY = Level.COUNTY.value, "县级"
    TOWNSHIP = Level.TOWNSHIP.value, "乡镇（街道）"


class Category(models.TextChoices):
    """What money is spent on. Which of them a fund permits or forbids is the fund's own affair."""

    VENUE = "VENUE", "场地改造"
    EQUIPMENT = "EQUIPMENT", "设备购置"
    ACTIVITY = "ACTIVITY", "服务活动"
    SUBSIDY = "SUBSIDY", "服务人员补贴"
    TRAINING = "TRAINING", "培训督导"
    PUBLICITY = "PUBLICITY", "宣传"
    PURCHASE = "PURCHASE", "政府购买服务"
    OTHER = "OTHER", "其他"
    SALARIES = "SALARIES", "人员经费"
    RUNNING = "RUNNING", "工作经费"
    ABROAD = "ABROAD", "出国（境）"
    RECEPTION = "RECEPTION", "公务接待"
    VEHICLE = "VEHICLE", "公务用车"
    OFFICE = "OFFICE", "机关基本支出"
    ALLOWANCE = "ALLOWANCE", "违规津补贴"
    BUILDING = "BUILDING", "楼堂馆所"
    PROFIT = "PROFIT", "营利活动"


C = Category
# Offered for a new lottery fund; practice of the field, so a suggestion that whoever registers the fund edits.
USUALLY_FORBIDDEN = (C.ABROAD, C.RECEPTION, C.VEHICLE, C.OFFICE, C.ALLOWANCE, C.BUILDING, C.PROFIT)
# Never a station's affair, whatever the fund permits.
OF_AN_OFFICE = frozenset({C.ABROAD, C.RECEPTION, C.VEHICLE, C.OFFICE, C.ALLOWANCE})


class Beneficiary(models.TextChoices):
    """Whom a payment serves."""

    STATION = "STATION", "站点"
    CLIENTS = "CLIENTS", "服务对象"
    TOWNSHIP_OFFICE = "TOWNSHIP_OFFICE", "乡镇（街道）机关"
    COUNTY_OFFICE = "COUNTY_OFFICE", "县级机关"
    OTHER = "OTHER", "其他"


OFFICES = frozenset({Beneficiary.TOWNSHIP_OFFICE, Beneficiary.COUNTY_OFFICE})


class EntryKind(models.TextChoices):
    """What changed the money that a unit holds of a fund."""

    RECEIVED = "RECEIVED", "外部到账"
    RECEIPT_REVERSED = "RECEIPT_REVERSED", "到账冲销"
    ALLOCATED = "ALLOCATED", "下达"
    ARRIVED = "ARRIVED", "收到下达"
    RETURNED = "RETURNED", "被收回"  # at the unit that gives the money back
    TAKEN_BACK = "TAKEN_BACK", "收回"  # at the unit that gets it back, also from the way
    SPENT = "SPENT", "支出"
    SPENDING_REVERSED = "SPENDING_REVERSED", "支出冲销"


E = EntryKind
INFLOWS = (E.RECEIVED, E.ARRIVED, E.TAKEN_BACK, E.SPENDING_REVERSED)
# What the unit got of the fund, and what it used; the rest is passed on, on the way, or held.
OBTAINED = (E.RECEIVED, E.RECEIPT_REVERSED, E.ARRIVED, E.RETURNED)
PASSED_ON = (E.ALLOCATED, E.TAKEN_BACK)
USED = (E.SPENT, E.SPENDING_REVERSED)


class FindingKind(models.TextChoices):
    WITHHELD = "WITHHELD", "截留"
    DIVERTED = "DIVERTED", "挪用"
    ENCROACHED = "ENCROACHED", "挤占"
    UNSPENT = "UNSPENT", "年末结余"
