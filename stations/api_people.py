"""API v1: workers and trainings, read only. Identity numbers are masked everywhere."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.gate import allowed
from accounts.queries import unit_in_scope
from accounts.roles import Permission
from common.api import parameter
from stations.forms.trainings import TrainingFilter
from stations.forms.worker_filter import CERTIFIED, Moved, TrainingState, WorkerFilter
from stations.models import Education, EmployerKind, Language, Station, Training, TrainingKind, Worker
from stations.queries.roster import roster_rows
from stations.queries.trainings import attendance_rows, sorted_trainings, training_rows
from stations.queries.worker_list import sorted_workers

VIEW = Permission.VIEW_WORKERS


class WorkerSerializer(serializers.Serializer):
    """社工，截至所问日期：驻站、证书、聘用和本年培训学时。"""

    id = serializers.IntegerField(source="row.pk", help_text="社工编号")
    name = serializers.CharField(source="row.name", help_text="姓名")
    sex = serializers.CharField(source="row.sex", help_text="性别")
    age = serializers.IntegerField(source="row.age", allow_null=True, help_text="年龄")
    id_number = serializers.CharField(source="row.id_number", help_text="身份证号，只有前 3 位和后 2 位")
    education = serializers.CharField(source="row.education", help_text="学历")
    major = serializers.CharField(help_text="所学专业")
    languages = serializers.CharField(source="row.languages", help_text="服务语言，以顿号分隔")
    phone = serializers.CharField(help_text="联系电话")
    station_name = serializers.CharField(source="row.station", help_text="驻站站点；空：不在站")
    since = serializers.DateField(source="row.since", allow_null=True, help_text="驻站起始日期")
    tenure_days = serializers.IntegerField(source="row.tenure", allow_null=True, help_text="累计驻站天数")
    certified = serializers.BooleanField(source="row.qualification.certified", help_text="是否持有有效证书")
    level = serializers.CharField(source="row.qualification.level", help_text="证书级别")
    number = serializers.CharField(help_text="证书编号")
    valid_until = serializers.DateField(
        source="row.qualification.runs_to", allow_null=True, help_text="登记有效期至，含当日；空：未登记有效期"
    )
    expiring = serializers.BooleanField(source="row.expiring", help_text="是否即将到期")
    full_time = serializers.BooleanField(
        source="row.qualification.full_time", allow_null=True, help_text="是否专职；空：没有聘用"
    )
    employer = serializers.CharField(source="row.qualification.employer", help_text="用人单位")
    training_hours = serializers.DecimalField(
        source="row.hours", max_digits=7, decimal_places=1, help_text="本年培训学时"
    )
    is_demo = serializers.BooleanField(source="row.is_demo", help_text="演示数据")


class AttendeeSerializer(serializers.Serializer):
    name = serializers.CharField(help_text="姓名")
    station = serializers.CharField(help_text="当天所在站点")
    hours = serializers.DecimalField(max_digits=5, decimal_places=1, help_text="学时")


class TrainingSerializer(serializers.Serializer):
    """一次培训，及管辖范围内的参训人数和学时。"""

    id = serializers.IntegerField(source="pk", help_text="培训编号")
    topic = serializers.CharField(help_text="主题")
    kind = serializers.CharField(help_text="类型")
    organiser = serializers.CharField(help_text="主办单位")
    place = serializers.CharField(help_text="地点")
    held_from = serializers.DateField(help_text="开始日期")
    held_to = serializers.DateField(help_text="结束日期，含当日")
    hours_each = serializers.DecimalField(source="each", max_digits=5, decimal_places=1, help_text="全程学时")
    people = serializers.IntegerField(help_text="管辖范围内的参训人数")
    hours = serializers.DecimalField(max_digits=9, decimal_places=1, help_text="管辖范围内的总学时")
    is_demo = serializers.BooleanField(help_text="演示数据")


class TrainingDetailSerializer(TrainingSerializer):
    attendees = AttendeeSerializer(many=True, help_text="管辖范围内的参训人员")


class PeopleViewSet(GenericViewSet):
    """What both have in common: who may see workers somewhere lists; a row outside is 404, without the right 403."""

    def _require_somewhere(self, request: Request) -> None:
        user: Any = request.user
        if not user.paths(VIEW):
            raise PermissionDenied(f"您的角色没有“{VIEW.label}”的权限")

    def _row(self) -> Any:
        row = self.get_object()
        if not allowed(self.request.user, VIEW, row):
            raise PermissionDenied(f"您的角色没有“{VIEW.label}”的权限")
        return row


@extend_schema_view(
    list=extend_schema(
        summary="列出社工",
        responses=WorkerSerializer(many=True),
        parameters=[
            parameter("unit", "单位编号：只列其下辖的社工", OpenApiTypes.INT),
            parameter("q", "姓名或用人单位包含的文字"),
            parameter("posted", "是否在站", enum=["yes", "no"]),
            parameter("certified", "持证", enum=[key for key, _ in CERTIFIED if key]),
            parameter("full_time", "专职", enum=["yes", "no"]),
            parameter("employer", "用人单位类型", enum=EmployerKind.values),
            parameter("education", "学历", enum=Education.values),
            parameter("language", "服务语言", enum=Language.values),
            parameter("supervisor", "督导：w 加社工编号，或 u 加账号编号"),
            parameter("training", "本年培训学时", enum=TrainingState.values),
            parameter("moved", "入站、离站", enum=Moved.values),
            parameter("month", "截至该月月末，如 2026-10；不填为今天"),
        ],
    ),
    retrieve=extend_schema(summary="查看一名社工", responses=WorkerSerializer),
)
class WorkerViewSet(PeopleViewSet):
    """社工：管辖范围内的名册，截至今天或某月月末。筛选与名册页面相同。"""

    queryset = Worker.objects.none()
    serializer_class = WorkerSerializer

    def get_queryset(self) -> Any:
        return Worker.objects.visible_to(self.request.user).select_related("unit")

    def list(self, request: Request) -> Response:
        self._require_somewhere(request)
        user: Any = request.user
        unit = unit_in_scope(user, request.query_params.get("unit"), VIEW)
        form = WorkerFilter(request.query_params, user=user, unit=unit, permission=VIEW)
        if not form.is_valid():
            raise ValidationError(form.errors.as_data())
        workers = form.apply(Worker.objects.visible_to(user, VIEW), Station.objects.visible_to(user, VIEW))
        page: Any = self.paginate_queryset(sorted_workers(workers, "", form.on).select_related("unit"))
        rows = roster_rows(page, form.on, user)
        return self.get_paginated_response(WorkerSerializer(rows, many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        worker = self._row()
        user: Any = request.user
        today = timezone.localdate()
        return Response(WorkerSerializer(roster_rows([worker], today, user)[0]).data)


@extend_schema_view(
    list=extend_schema(
        summary="列出培训",
        responses=TrainingSerializer(many=True),
        parameters=[
            parameter("unit", "单位编号：只列其下辖登记或参加的培训", OpenApiTypes.INT),
            parameter("q", "主题或主办单位包含的文字"),
            parameter("kind", "类型", enum=TrainingKind.values),
            parameter("month", "结束日期所在月份，如 2026-10"),
            parameter("year", "结束日期所在年度", OpenApiTypes.INT),
        ],
    ),
    retrieve=extend_schema(summary="查看一次培训和参训人员", responses=TrainingDetailSerializer),
)
class TrainingViewSet(PeopleViewSet):
    """培训：管辖范围内登记的，或有管辖范围内社工参加的。"""

    queryset = Training.objects.none()
    serializer_class = TrainingSerializer

    def get_queryset(self) -> Any:
        return Training.objects.visible_to(self.request.user).select_related("unit")

    def list(self, request: Request) -> Response:
        self._require_somewhere(request)
        user: Any = request.user
        unit = unit_in_scope(user, request.query_params.get("unit"), VIEW)
        form = TrainingFilter(request.query_params, user=user, unit=unit, permission=VIEW)
        if not form.is_valid():
            raise ValidationError(form.errors.as_data())
        trainings = sorted_trainings(form.apply(Training.objects.visible_to(user, VIEW)), "")
        page: Any = self.paginate_queryset(trainings)
        return self.get_paginated_response(TrainingSerializer(training_rows(page, user), many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        user: Any = request.user
        training = self._row()
        data = dict(TrainingSerializer(training_rows([training], user)[0]).data)
        attendees = AttendeeSerializer(attendance_rows(training, user), many=True).data
        return Response(data | {"attendees": attendees})
