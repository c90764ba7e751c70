"""Users and their postings: a role at a unit, from one day to another."""

from __future__ import annotations

from copy import copy
from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.dispatch import Signal
from django.utils import timezone

from accounts.gate import GatedQuerySet
from accounts.models.units import OrgUnit
from accounts.roles import PERMISSIONS, Permission, Role

administrator_made = Signal()  # by createsuperuser: `user`, `unit`; accounts.signals leaves the audit event


class UserQuerySet(GatedQuerySet):
    """A user lies where a posting of theirs lies, present or past."""

    def in_paths(self, paths: Any) -> Self:
        postings = Posting.objects.filter(user=models.OuterRef("pk")).in_paths(paths)
        return self.filter(models.Exists(postings))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, username: str, password: str | None = None, *, name: str = "") -> User:
        user = self.model(username=self.model.normalize_username(username), name=name or username)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, *, name: str = "") -> User:
        """An administrator of the whole nation, for `manage.py createsuperuser` on a new installation."""
        user = self.create_user(username, password, name=name)
        root = OrgUnit.objects.get(level=0)
        Posting.objects.create(user=user, role=Role.ADMINISTRATOR, unit=root, starts_on=timezone.localdate())
        administrator_made.send(sender=self.model, user=user, unit=root)
        return user


class User(AbstractBaseUser):
    """A person who signs in. What they see and may do follows from their current postings only."""

    username = models.CharField("用户名", max_length=60, unique=True)
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "用户"
        verbose_name_plural = "用户"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name

    def current_postings(self) -> list[Posting]:
        """Postings in force today, highest unit first; read once for a request."""
        if not hasattr(self, "_postings"):
            self._postings = list(self.postings.current().select_related("unit").order_by("unit__level", "unit__path"))
        return self._postings

    def forget_postings(self) -> None:
        """Drop what `current_postings` remembered (after a change, and in tests)."""
        self.__dict__.pop("_postings", None)

    def gate_paths(self) -> list[str]:
        """Where this user lies for the gate: the units of every posting, present or past."""
        return [posting.unit.path for posting in self.postings.select_related("unit")]

    def paths(self, permission: Permission = Permission.VIEW) -> list[str]:
        """Paths of the units below and including which this user holds `permission`."""
        return [p.unit.path for p in self.current_postings() if permission in PERMISSIONS[Role(p.role)]]

    def narrowed_to(self, permission: Permission) -> User:
        """The same user with only the postings that grant `permission`: what the gate then lets through, both allow."""
        narrowed = copy(self)
        narrowed._postings = [p for p in self.current_postings() if permission in PERMISSIONS[Role(p.role)]]
        return narrowed

    def has_role(self, *roles: Role) -> bool:
        return any(posting.role in roles for posting in self.current_postings())

    # The admin asks these; it is read-only and for administrators alone (accounts.admin).
    @property
    def is_staff(self) -> bool:
        return self.has_role(Role.ADMINISTRATOR)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_active and self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff


class PostingQuerySet(GatedQuerySet):
    gate = "unit__path"

    def current(self) -> Self:
        today = timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=today), starts_on__lte=today)

    def open(self) -> Self:
        """Postings that are not over: in force today, or due to begin."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=timezone.localdate()))


class Posting(models.Model):
    """A role that a user holds at a unit; several at once are allowed. Ended, never deleted."""

    user = models.ForeignKey(User, models.CASCADE, related_name="postings", verbose_name="用户")
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="user_postings", verbose_name="单位")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True, help_text="不含当日；空：至今")

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = "任职"
        verbose_name_plural = "任职"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="posting_dates_ordered"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "unit"], condition=Q(ends_on=None), name="posting_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.unit}"
