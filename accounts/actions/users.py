"""Writes on users and their postings. Who may: an administrator, for accounts that lie in their subtree altogether."""

from __future__ import annotations

import re
import secrets
from datetime import date, timedelta

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.gate import may, require
from accounts.models import Level, OrgUnit, Posting, User
from accounts.roles import LEVELS, Permission, Role
from common.citizen_numbers import has_identity_number
from common.months import FIRST_DAY
from common.text import long_text, plain_name

USERNAME = re.compile(r"[A-Za-z0-9._@-]{2,60}")
PHONE = re.compile(r"[0-9+() -]{3,20}")
AHEAD = timedelta(days=366)
WEAK = {
    "password_too_short": "密码至少要有 %(min_length)d 个字符",
    "password_too_common": "这个密码太常见",
    "password_entirely_numeric": "密码不能全是数字",
    "password_too_similar": "密码与用户名或姓名太相近",
}
# No 0 O 1 l I: the password is read out over the telephone.
ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def manageable_by(by: User, user: User) -> bool:
    """May `by` change this account? Every posting that is not over must lie where `by` manages users.

    Otherwise an administrator of a county could take over a provincial account that also has a posting there.
    """
    paths = [posting.unit.path for posting in user.postings.open().select_related("unit")] or user.gate_paths()
    return bool(paths) and all(may(by, Permission.MANAGE_USERS, path) for path in paths)


def _require_manageable(by: User | None, user: User) -> None:
    if by is not None and not manageable_by(by, user):
        raise PermissionDenied("该账号在您的管辖范围之外还有任职，请由上级管理员办理")


def _new_password() -> str:
    """Twelve characters, about 69 bits; with a digit, so that it never looks like a word."""
    while True:
        password = "".join(secrets.choice(ALPHABET) for _ in range(12))
        if any(letter.isdigit() for letter in password):
            return password


def _phone(value: str) -> str:
    phone = value.strip()
    if phone and not PHONE.fullmatch(phone):
        raise ValidationError({"phone": "联系电话只能有数字、空格和 + - ( )，3 至 20 位"})
    if has_identity_number(phone):
        raise ValidationError({"phone": "联系电话中不能填写身份证号"})
    return phone


def _home_path(user: User) -> str:
    """Where an event about the account itself lies: its highest posting not over, else the last one."""
    postings = user.postings.select_related("unit")
    chosen = postings.open().order_by("unit__level", "unit__path").first() or postings.order_by("-starts_on").first()
    return chosen.unit.path if chosen else audit.NATION


def _check_posting(*, by: User | None, user: User | None, role: Role, unit: OrgUnit, starts_on: date) -> None:
    if by is not None:
        require(by, Permission.MANAGE_USERS, unit.path)
    if unit.level not in LEVELS[role]:
        levels = "、".join(str(Level(level).label) for level in sorted(LEVELS[role]))
        raise ValidationError(
            {"unit": f"“{role.label}”只能任职于{levels}一级的单位，{unit.name}是{unit.get_level_display()}"}
        )
    if unit.closed_on and unit.closed_on <= starts_on:
        raise ValidationError({"unit": f"{unit.name}{unit.closed_label}，不能再安排任职"})
    if not FIRST_DAY <= starts_on <= timezone.localdate() + AHEAD:
        raise ValidationError({"starts_on": "起始日期应在 1990 年之后，且不晚于一年以后"})
    if user is not None and user.postings.open().filter(role=role, unit=unit).exists():
        raise ValidationError({"role": f"{user.name}已经在{unit.name}任{role.label}"})


@transaction.atomic
def create_user(
    *,
    by: User | None,
    username: str,
    name: str,
    role: Role | str,
    unit: OrgUnit,
    phone: str = "",
    starts_on: date | None = None,
) -> tuple[User, str]:
    """A new account with its first posting, and its initial password: stored nowhere, changed at the first sign-in."""
    username = username.strip()
    if not USERNAME.fullmatch(username):
        raise ValidationError({"username": "用户名用 2 至 60 个字母、数字或 . _ - @"})
    # Two names that differ in case only would be taken for one another.
    if User.objects.filter(username__iexact=username).exists():
        raise ValidationError({"username": f"用户名 {username} 已有人使用"})
    name = plain_name(name, field="name", label="姓名", max_length=40)
    phone, role, starts_on = _phone(phone), Role(role), starts_on or timezone.localdate()
    _check_posting(by=by, user=None, role=role, unit=unit, starts_on=starts_on)
    password = _new_password()
    user = User(username=username, name=name, phone=phone, must_change_password=True)
    user.set_password(password)
    user.save()
    posting = Posting.objects.create(user=user, role=role, unit=unit, starts_on=starts_on)
    audit.record(
        by=by, verb="新建账号", target=user, unit=unit,
        changes={key: [None, value] for key, value in (
            ("username", username), ("name", name), ("phone", phone), ("任职", str(posting)), ("起始日期", starts_on)
        )},
    )  # fmt: skip
    return user, password


@transaction.atomic
def edit_user(*, by: User | None, user: User, name: str, phone: str = "") -> User:
    """Change name and telephone; the user name stays, it stands in the audit trail."""
    _require_manageable(by, user)
    before = audit.state(user)
    user.name = plain_name(name, field="name", label="姓名", max_length=40)
    user.phone = _phone(phone)
    changes = audit.changes(before, audit.state(user))
    if changes:
        user.save(update_fields=["name", "phone"])
        audit.record(by=by, verb="修改账号", target=user, path=_home_path(user), changes=changes)
    return user


@transaction.atomic
def set_active(*, by: User | None, user: User, active: bool, reason: str = "") -> User:
    """Deactivate (sessions end at their next request) or activate an account. Nobody deactivates themselves."""
    _require_manageable(by, user)
    if not active and by is not None and by.pk == user.pk:
        raise ValidationError("不能停用自己的账号，请由其他管理员办理")
    reason = long_text(reason, field="reason", label="理由", max_length=200)
    if user.is_active != active:
        user.is_active = active
        user.save(update_fields=["is_active"])
        audit.record(
            by=by, verb="启用账号" if active else "停用账号", target=user, path=_home_path(user),
            changes={"is_active": [not active, active]}, reason=reason,
        )  # fmt: skip
    return user


@transaction.atomic
def reset_password(*, by: User | None, user: User) -> str:
    """A new random password, to be changed at the next sign-in; open sessions end, a lock after failures is lifted."""
    _require_manageable(by, user)
    password = _new_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    AxesProxyHandler.reset_attempts(username=user.username)
    audit.record(by=by, verb="重置密码", target=user, path=_home_path(user))
    return password


@transaction.atomic
def change_own_password(*, user: User, password: str) -> None:
    """The user's own change. Raises ValidationError ({"new_password1": …}) for a weak or unchanged password."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        # Django's catalogue leaves some of these in English.
        messages = [WEAK.get(part.code or "", str(part.message)) % (part.params or {}) for part in error.error_list]
        raise ValidationError({"new_password1": messages}) from None
    if user.check_password(password):
        raise ValidationError({"new_password1": "新密码不能与原密码相同"})
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    audit.record(by=user, verb="修改密码", target=user, path=_home_path(user))


@transaction.atomic
def add_posting(
    *, by: User | None, user: User, role: Role | str, unit: OrgUnit, starts_on: date | None = None
) -> Posting:
    """A further posting at a unit where `by` manages users; the role must fit the unit's level."""
    role, starts_on = Role(role), starts_on or timezone.localdate()
    User.objects.select_for_update().get(pk=user.pk)  # the same posting twice at once
    _check_posting(by=by, user=user, role=role, unit=unit, starts_on=starts_on)
    posting = Posting.objects.create(user=user, role=role, unit=unit, starts_on=starts_on)
    user.forget_postings()
    audit.record(
        by=by, verb="增加任职", target=user, unit=unit,
        changes={"任职": [None, str(posting)], "起始日期": [None, starts_on]},
    )  # fmt: skip
    return posting


@transaction.atomic
def end_posting(*, by: User | None, posting: Posting, on: date | None = None, reason: str = "") -> Posting:
    """End a posting: from the day `on` (default today) it is not in force any more."""
    on = on or timezone.localdate()
    user = User.objects.select_for_update().get(pk=posting.user_id)
    posting = Posting.objects.select_related("unit").get(pk=posting.pk)
    if by is not None:
        require(by, Permission.MANAGE_USERS, posting.unit.path)
    if posting.ends_on and posting.ends_on <= timezone.localdate():
        raise ValidationError("这项任职已经结束")
    if on < posting.starts_on:
        raise ValidationError({"on": f"结束日期不能早于起始日期 {posting.starts_on}"})
    if on > timezone.localdate() + AHEAD:
        raise ValidationError({"on": "结束日期不能晚于一年以后"})
    if by is not None and by.pk == user.pk and posting.role == Role.ADMINISTRATOR:
        others = user.postings.current().filter(role=Role.ADMINISTRATOR).exclude(pk=posting.pk)
        if not others.exists():
            raise ValidationError("这是您唯一的管理员任职，不能自己结束，请由其他管理员办理")
    reason = long_text(reason, field="reason", label="理由", max_length=200)
    before, posting.ends_on = posting.ends_on, on
    posting.save(update_fields=["ends_on"])
    user.forget_postings()
    audit.record(
        by=by, verb="结束任职", target=user, unit=posting.unit, reason=reason,
        changes={"任职": [str(posting), None], "结束日期": [before, on]},
    )  # fmt: skip
    return posting
