"""The one model of everything that is attached to anything: photos, scans, vouchers, institutions."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.gate import GatedQuerySet
from accounts.models import OrgUnit, User
from accounts.roles import Permission
from files.kinds import IMAGES, FileKind
from files.registry import Attachable, attachable_of, declared

_IMAGES = sorted(kind.value for kind in IMAGES)


class AttachmentQuerySet(GatedQuerySet):
    gate = "unit__path"

    def standing(self) -> Self:
        """Not removed."""
        return self.filter(removed_at=None)

    def on(self, model: type[models.Model]) -> Self:
        """Attached to rows of the model. By a join, not by the cached key of its content type: that cache is cold
        in a new process, and a page would cost one query more now and then."""
        return self.filter(target_type__app_label=model._meta.app_label, target_type__model=model._meta.model_name)

    def visible_to(self, user: Any, permission: Permission = Permission.VIEW) -> Self:
        """Standing files whose target the user sees, with the permission that the target's model declares.

        Another `permission` than VIEW is asked for at the file's unit in addition.
        """
        condition = Q(pk__in=[])
        for spec in declared():
            seen = Exists(spec.visible_to(user).filter(pk=OuterRef("target_id")))
            meta = spec.model._meta
            condition |= Q(seen, target_type__app_label=meta.app_label, target_type__model=meta.model_name)
        rows = self.standing().filter(condition)
        return rows if permission == Permission.VIEW else rows.in_paths(user.paths(permission))


class Attachment(models.Model):
    """A file of a target. Removed with a reason, never deleted: the row and what is stored stay."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name="单位")
    target_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", verbose_name="对象类型")
    target_id = models.PositiveBigIntegerField("对象编号")
    target = GenericForeignKey("target_type", "target_id")
    slot = models.CharField("用途", max_length=20, blank=True)
    name = models.CharField("文件名", max_length=120)
    kind = models.CharField("格式", max_length=5, choices=FileKind.choices)
    size = models.PositiveIntegerField("大小（字节）", help_text="存储的大小；图片经过压缩")
    sha256 = models.CharField("上传内容摘要", max_length=64, db_index=True)
    # Of what is stored. The same photo with other metadata has the same; and a photo that was downloaded here and
    # uploaded again arrives with this as its `sha256`.
    stored_sha256 = models.CharField("存储内容摘要", max_length=64, db_index=True)
    width = models.PositiveIntegerField("宽", null=True, blank=True)
    height = models.PositiveIntegerField("高", null=True, blank=True)
    taken_at = models.DateTimeField("拍摄时间", null=True, blank=True)
    stored_name = models.CharField("存储名", max_length=80, unique=True)
    thumbnail_name = models.CharField("缩略图存储名", max_length=80, blank=True)
    uploaded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上传人"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="移除人")
    removal_reason = models.CharField("移除理由", max_length=200, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "附件"
        verbose_name_plural = "附件"
        ordering = ["pk"]
        indexes = [models.Index(fields=["target_type", "target_id", "slot"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None, removal_reason="")
                | (Q(removed_at__isnull=False) & ~Q(removal_reason="")),
                name="attachment_removed_with_reason",
            ),
            models.CheckConstraint(
                # A null would make the comparison null, which a check lets pass.
                condition=(
                    Q(kind__in=_IMAGES, width__isnull=False, width__gt=0, height__isnull=False, height__gt=0)
                    & ~Q(thumbnail_name="")
                )
                | (~Q(kind__in=_IMAGES) & Q(width=None, height=None, thumbnail_name="")),
                name="attachment_picture_measured",
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="attachment_not_empty"),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(removed_at__gte=F("uploaded_at")), name="attachment_removed_after"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def spec(self) -> Attachable:
        """How its target's model is declared."""
        model: Any = self.target_type.model_class()
        return attachable_of(model)

    @property
    def file_kind(self) -> FileKind:
        return FileKind(self.kind)
