"""Sign-ins, sign-outs and failures leave audit events."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import audit
from accounts.models import OrgUnit, User
from accounts.models.users import administrator_made


def _home_path(user: User) -> str:
    postings = user.current_postings()
    return postings[0].unit.path if postings else audit.NATION


@receiver(user_logged_in)
def signed_in(sender: Any, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    if request is None or request.method is None:  # a session made without a request (test clients) is no sign-in
        return
    audit.record(by=user, verb="登录", target=user, path=_home_path(user))


@receiver(user_logged_out)
def signed_out(sender: Any, request: HttpRequest | None, user: User | None, **kwargs: Any) -> None:
    if user is None or request is None or request.method is None:
        return
    audit.record(by=user, verb="退出", target=user, path=_home_path(user))


@receiver(user_login_failed)
def failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """One event for each wrong password, and one when the account is locked; none for tries while it is locked.

    A user name that does not exist is not written down: people type their password there.
    """
    # axes has counted by now; it does not count while the account is locked.
    failures = getattr(request, "axes_failures_since_start", None)
    locked = getattr(request, "axes_locked_out", False)
    if locked and failures is None:
        return
    user = User.objects.filter(username=credentials.get("username") or "").first()
    target, path = (user, _home_path(user)) if user else (User(name="（不存在的用户名）"), audit.NATION)
    audit.record(by=None, verb="登录失败", target=target, path=path)
    if locked:
        audit.record(by=None, verb="锁定账号", target=target, path=path)


@receiver(administrator_made)
def first_administrator(sender: type[User], user: User, unit: OrgUnit, **kwargs: Any) -> None:
    audit.record(by=None, verb="新建全国管理员", target=user, unit=unit)
