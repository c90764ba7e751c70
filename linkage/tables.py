"""The lists as tables for export. Of people's names a table holds those whose files the user may export."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from accounts.queries import unit_in_scope
from accounts.roles import Permission
from common.forms import filter_words
from jobs.tables import Column, Kind, RowSource, Table, declare, require_valid, source_of
from linkage.forms.filters import (
    DonationFilter,
    HandoutFilter,
    LinkageFilter,
    MeetingFilter,
    OrganisationFilter,
    ReferralFilter,
    VolunteerFilter,
)
from linkage.models import Donation, Handout, Meeting, Organisation, Referral, Volunteer
from linkage.queries.meetings import meeting_rows, sorted_meetings
from linkage.queries.organisations import organisation_rows, sorted_organisations
from linkage.queries.referrals import referral_rows, sorted_referrals
from linkage.queries.resources import (
    donation_rows,
    donation_sums,
    handout_rows,
    handout_sums,
    sorted_donations,
    sorted_handouts,
)
from linkage.queries.volunteers import sorted_volunteers, volunteer_rows
from linkage.queries.where import Reads

VIEW = Permission.VIEW_RECORDS
DATE, WHOLE, TENTHS, MONEY = Kind.DATE, Kind.WHOLE, Kind.TENTHS, Kind.MONEY


def _form(kind: type[LinkageFilter], user: User, params: QueryDict) -> Any:
    unit = unit_in_scope(user, params.get("unit"), VIEW)
    form = kind(params, user=user, unit=unit, permission=VIEW)
    require_valid(form)
    return form


def _volunteers(user: User, params: QueryDict) -> RowSource:
    form = _form(VolunteerFilter, user, params)
    today = timezone.localdate()
    rows = sorted_volunteers(form.apply(Volunteer.objects.visible_to(user, VIEW)), params.get("sort", ""), form.took)
    return source_of(
        rows,
        prepare=lambda chunk: volunteer_rows(chunk, Reads(user, exporting=True), form.took, today),
        conditions=filter_words(form),
    )


declare(
    Table(
        key="volunteers",
        title="志愿者名册",
        permission=VIEW,
        columns=(
            Column("志愿者", "label", width=14),
            Column("性别", "sex", width=6),
            Column("出生年份", "birth_year", WHOLE),
            Column("技能特长", "skills", width=20),
            Column("所属组织", "organisation", width=20),
            Column("登记单位", "unit", width=20),
            Column("登记日期", "registered_on", DATE),
            Column("退出日期", "left_on", DATE),
            Column("服务次数", "services", WHOLE),
            Column("服务时长（小时）", "hours", TENTHS, width=12),
        ),
        rows=_volunteers,
        note="没有导出个人信息权限的，姓名以编号代替",
    )
)


def _organisations(user: User, params: QueryDict) -> RowSource:
    form = _form(OrganisationFilter, user, params)
    rows = sorted_organisations(form.apply(Organisation.objects.visible_to(user, VIEW)), params.get("sort", ""))
    return source_of(
        rows,
        prepare=lambda chunk: organisation_rows(chunk, form.took, user),
        on=form.on,
        conditions=filter_words(form),
    )


declare(
    Table(
        key="organisations",
        title="社区社会组织台账",
        permission=VIEW,
        columns=(
            Column("名称", "name", width=24),
            Column("类型", "kind", width=10),
            Column("登记备案", "filing", width=10),
            Column("编号", "filing_number", width=18),
            Column("负责人", "leader", width=10),
            Column("成员人数", "members", WHOLE),
            Column("登记单位", "unit", width=20),
            Column("开始活动", "starts_on", DATE),
            Column("停止活动", "ends_on", DATE),
            Column("参与服务次数", "services", WHOLE, width=11),
        ),
        rows=_organisations,
    )
)


def _donations(user: User, params: QueryDict) -> RowSource:
    form = _form(DonationFilter, user, params)
    donations = form.apply(Donation.objects.visible_to(user, VIEW))
    sums = donation_sums(donations)
    totals = ["合计（不含撤回）", *[None] * 7, sums.value, sums.left_value, *[None] * 4]
    return source_of(
        sorted_donations(donations, params.get("sort", "")),
        prepare=lambda chunk: donation_rows(chunk, Reads(user, exporting=True)),
        conditions=filter_words(form),
        totals=totals,
    )


declare(
    Table(
        key="donations",
        title="慈善资源台账",
        permission=VIEW,
        columns=(
            Column("物资、款项", "item", width=16),
            Column("形式", "form", width=7),
            Column("捐赠方类型", "donor_kind", width=10),
            Column("捐赠方", "donor", width=20),
            Column("接收日期", "received_on", DATE),
            Column("数量", "quantity", MONEY, width=10),
            Column("结存", "left", MONEY, width=10),
            Column("计量单位", "measure", width=8),
            Column("价值（元）", "value", MONEY),
            Column("结存价值（元）", "left_value", MONEY),
            Column("用途", "purpose", width=24),
            Column("接收单位", "unit", width=20),
            Column("已撤回", lambda row: "是" if row.withdrawn else "", width=7),
            Column("演示", lambda row: "是" if row.is_demo else "", width=6),
        ),
        rows=_donations,
        note="物资价值为登记时的估价；不含资金台账里的捐款",
    )
)


def _handouts(user: User, params: QueryDict) -> RowSource:
    form = _form(HandoutFilter, user, params)
    handouts = form.apply(Handout.objects.visible_to(user, VIEW))
    sums = handout_sums(handouts)
    return source_of(
        sorted_handouts(handouts, params.get("sort", "")),
        prepare=lambda chunk: handout_rows(chunk, Reads(user, exporting=True)),
        conditions=filter_words(form),
        totals=["合计（不含撤回）", *[None] * 3, sums.value, None, None, sums.people, *[None] * 3],
    )


declare(
    Table(
        key="handouts",
        title="慈善资源发放台账",
        permission=VIEW,
        columns=(
            Column("物资、款项", "item", width=16),
            Column("发放日期", "given_on", DATE),
            Column("数量", "quantity", MONEY, width=10),
            Column("计量单位", "measure", width=8),
            Column("价值（元）", "value", MONEY),
            Column("发放给", "to_kind", width=14),
            Column("发放对象", "recipient", width=24),
            Column("受益人数", "people", WHOLE),
            Column("登记单位", "unit", width=20),
            Column("已撤回", lambda row: "是" if row.withdrawn else "", width=7),
            Column("演示", lambda row: "是" if row.is_demo else "", width=6),
        ),
        rows=_handouts,
        note="没有导出服务对象信息权限的，不含姓名",
    )
)


def _meetings(user: User, params: QueryDict) -> RowSource:
    form, today = _form(MeetingFilter, user, params), timezone.localdate()
    rows = sorted_meetings(form.apply(Meeting.objects.visible_to(user, VIEW)), params.get("sort", ""))
    return source_of(rows, prepare=lambda chunk: meeting_rows(chunk, today), conditions=filter_words(form))


declare(
    Table(
        key="meetings",
        title="联席会议台账",
        permission=VIEW,
        columns=(
            Column("会议日期", "held_on", DATE),
            Column("召集单位", "unit", width=20),
            Column("主持人", "chair", width=10),
            Column("参会方", "parties", width=30),
            Column("议题", "topics", width=40),
            Column("议定事项", "tasks", WHOLE),
            Column("未完成", "open", WHOLE),
            Column("逾期", "late", WHOLE),
            Column("会后服务", "services", WHOLE),
            Column("已撤回", lambda row: "是" if row.withdrawn else "", width=7),
        ),
        rows=_meetings,
    )
)


def _referrals(user: User, params: QueryDict) -> RowSource:
    form, today = _form(ReferralFilter, user, params), timezone.localdate()
    rows = sorted_referrals(form.apply(Referral.objects.visible_to(user, VIEW)), params.get("sort", ""))
    return source_of(
        rows,
        prepare=lambda chunk: referral_rows(chunk, Reads(user, exporting=True), today),
        conditions=filter_words(form),
    )


declare(
    Table(
        key="referrals",
        title="转介和资源链接台账",
        permission=VIEW,
        columns=(
            Column("编号", "label", width=14),
            Column("站点", "station", width=20),
            Column("服务对象", "person", width=10),
            Column("登记日期", "opened_on", DATE),
            Column("紧急程度", "urgency", width=8),
            Column("接收单位类型", "to_kind", width=12),
            Column("接收单位", "to_name", width=20),
            Column("状态", "state", width=9),
            Column("结果", "outcome", width=7),
            Column("有结果日期", "ended_on", DATE),
            Column("回访期限", "due_on", DATE),
            Column("回访日期", "followed_up_on", DATE),
            Column("第几次", "attempt", WHOLE),
            Column("已撤回", lambda row: "是" if row.withdrawn else "", width=7),
        ),
        rows=_referrals,
        note="没有导出服务对象信息权限的，不含姓名和接收单位",
    )
)
