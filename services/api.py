"""API v1: service records, list, read and create."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.gate import require
from accounts.roles import Permission
from services import rules
from services.actions import MAX_WORKERS, MonthLocked, log_service
from services.filters import ServiceFilter
from services.models import FocusGroup, Nature, ServiceRecord
from services.queries import PAGE, Cursor, ordered, stations_in_reach
from services.queries.people import CLOSED, closed_texts, people_counts
from stations.models import Station, Worker


class TeamMemberSerializer(serializers.ModelSerializer):
    class Meta:
        model = Worker
        fields = ["id", "name"]


class ServiceSerializer(serializers.ModelSerializer):
    """一条服务记录，及其录入是否按时的判定和依据。"""

    station_name = serializers.CharField(source="station.unit.name", help_text="站点名称")
    month = serializers.CharField(help_text="所属月份（按开始日期），如 2026-10")
    people = serializers.SerializerMethodField(help_text="具名的服务对象人数；姓名只在本站页面可见")
    nature = serializers.SerializerMethodField(help_text="administrative 事务性，professional 服务性；由方法决定")
    workers = TeamMemberSerializer(many=True, help_text="参与的社工")
    entered_by = serializers.CharField(source="entered_by.name", default=None, help_text="录入人姓名")
    document = serializers.CharField(source="due_provision.document.number", default=None, help_text="时限依据的文号")
    clause = serializers.CharField(source="due_provision.clause", default=None, help_text="时限依据的条款")

    class Meta:
        model = ServiceRecord
        fields = [
            "id", "client_id", "station", "station_name", "month", "starts_on", "ends_on", "title", "domain",
            "method", "nature", "place", "contacts", *FocusGroup.values, "people", "hours", "volunteers",
            "volunteer_hours", "result", "workers", "entered_at", "entered_by", "on_time", "due_on", "due_reason",
            "due_provisional", "document", "clause", "voided_at", "void_reason", "is_demo",
        ]  # fmt: skip

    def get_people(self, record: ServiceRecord) -> int:
        return self.context["people"].get(record.pk, 0)

    def to_representation(self, record: ServiceRecord) -> dict[str, Any]:
        """Place and result of records that name people only to who reads the station's files."""
        shown = super().to_representation(record)
        return shown | {"place": CLOSED, "result": CLOSED} if record.pk in self.context["closed"] else shown

    def get_nature(self, record: ServiceRecord) -> str:
        return Nature.of(record.method).value


class LogSerializer(serializers.ModelSerializer):
    """登记一条服务。同一 client_id 重发只记一条：首次 201，重发 200 并返回首次的记录。"""

    client_id = serializers.UUIDField(help_text="客户端为每次登记生成的 UUID；网络中断后用同一编号重发")
    station = serializers.IntegerField(min_value=1, help_text="站点编号")
    workers = serializers.ListField(
        child=serializers.IntegerField(min_value=1),
        allow_empty=False,
        max_length=MAX_WORKERS,
        help_text="社工编号；服务期间须驻本站",
    )
    starts_on = serializers.DateField(help_text="开始日期，不晚于今天")
    ends_on = serializers.DateField(required=False, allow_null=True, help_text="结束日期；不填即当天结束")
    title = serializers.CharField(max_length=rules.MAX_TITLE, help_text="服务内容；不得含身份证号")
    contacts = serializers.IntegerField(
        min_value=0, max_value=rules.MAX_CONTACTS, help_text="服务人次；民政事务性协助可为 0，其余至少 1"
    )
    hours = serializers.DecimalField(
        max_digits=5, decimal_places=1, help_text="服务时长（小时），大于 0，不超过 24 小时乘天数"
    )
    result = serializers.CharField(
        max_length=rules.MAX_RESULT, required=False, allow_blank=True, help_text="服务结果；不得含身份证号"
    )

    class Meta:
        model = ServiceRecord
        fields = [
            "client_id", "station", "workers", "starts_on", "ends_on", "title", "domain", "method", "place", "contacts",
            *FocusGroup.values, "hours", "volunteers", "volunteer_hours", "result",
        ]  # fmt: skip
        extra_kwargs = {
            "domain": {"help_text": "领域"},
            "method": {"help_text": "方法；CLERICAL 为事务性"},
            "place": {"help_text": "地点；不得含身份证号"},
            **{group.value: {"help_text": f"其中{group.label}人次，不超过服务人次"} for group in FocusGroup},
            "volunteers": {"help_text": "志愿者人数"},
            "volunteer_hours": {"help_text": "志愿服务时长（小时）；填写时志愿者人数须大于 0"},
        }


def _parameter(name: str, description: str, kind: Any = OpenApiTypes.STR) -> OpenApiParameter:
    field = ServiceFilter.base_fields.get(name)
    values = [value for value, _ in getattr(field, "choices", []) if value] or None
    return OpenApiParameter(name, kind, description=description, enum=values)


FILTERS = [
    _parameter("unit", "单位编号：只列其下辖站点的记录", OpenApiTypes.INT),
    _parameter("month", "所属月份，如 2026-10"),
    _parameter("domain", "领域"),
    _parameter("method", "方法"),
    _parameter("nature", "性质：事务性或服务性"),
    _parameter("focus", "重点人群人次大于 0"),
    _parameter("on_time", "是否按时录入"),
    _parameter("volunteers", "有志愿者参与"),
    _parameter("state", "有效或已作废；不填则都列出"),
    _parameter("worker", "社工编号", OpenApiTypes.INT),
    _parameter("q", "服务内容、地点包含的文字"),
    _parameter("after", "下一页的位置，取自上一页的 next"),
]


@extend_schema_serializer(many=False)  # a page, not a list of pages
class PageOfServicesSerializer(serializers.Serializer):
    next = serializers.URLField(allow_null=True, help_text="下一页地址；没有则为 null")
    results = ServiceSerializer(many=True)


class ServiceViewSet(GenericViewSet):
    """服务记录：列出、查看、登记。更正和作废须说明理由，在页面上办理。"""

    queryset = ServiceRecord.objects.none()
    serializer_class = ServiceSerializer

    def get_queryset(self) -> QuerySet[ServiceRecord]:
        return whole(ServiceRecord.objects.visible_to(self.request.user))

    @extend_schema(summary="列出服务记录，新的在前，每页 50 条", parameters=FILTERS, responses=PageOfServicesSerializer)
    def list(self, request: Request) -> Response:
        _require_somewhere(request, Permission.VIEW_RECORDS)
        form = ServiceFilter(request.query_params, user=request.user)
        selection = form.selection()
        if selection is None:
            raise ValidationError(form.errors.as_data())
        records = whole(ordered(selection, form.cleaned_data["after"], falling=True))
        found = list(records[: PAGE + 1])
        rows = found[:PAGE]
        address = None
        if len(found) > PAGE:
            query = request.query_params.copy()
            query["after"] = str(Cursor(rows[-1].starts_on, rows[-1].pk))
            address = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        return Response(
            {"next": address, "results": ServiceSerializer(rows, many=True, context=_about(request, rows)).data}
        )

    @extend_schema(summary="查看一条服务记录")
    def retrieve(self, request: Request, pk: str) -> Response:
        record = self.get_object()
        require(request.user, Permission.VIEW_RECORDS, record.station.unit.path)
        return Response(ServiceSerializer(record, context=_about(request, [record])).data)

    @extend_schema(
        summary="登记一条服务",
        request=LogSerializer,
        responses={
            201: ServiceSerializer,
            200: OpenApiResponse(ServiceSerializer, description="此前已用同一 client_id 登记，返回原记录"),
            400: OpenApiResponse(OpenApiTypes.OBJECT, description="按字段列出问题"),
            409: OpenApiResponse(OpenApiTypes.OBJECT, description="该月已上报锁定"),
        },
    )
    def create(self, request: Request) -> Response:
        _require_somewhere(request, Permission.LOG_SERVICE)
        serializer = LogSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        facts = dict(serializer.validated_data)
        station = _station(request, facts.pop("station"))
        wanted = facts.pop("workers")
        team = Worker.objects.visible_to(request.user, Permission.VIEW_WORKERS).filter(pk__in=wanted)
        workers = list(team.only("pk", "name"))
        unknown = sorted(set(wanted) - {worker.pk for worker in workers})
        if unknown:
            raise ValidationError({"workers": f"没有编号为 {unknown[0]} 的社工，或不在您的管辖范围内"})
        try:
            record, created = log_service(by=request.user, station=station, workers=workers, **facts)
        except MonthLocked as error:
            return Response({"detail": error.messages[0], "code": "month_locked"}, status=status.HTTP_409_CONFLICT)
        record = self.get_queryset().get(pk=record.pk)
        return Response(
            ServiceSerializer(record, context=_about(request, [record])).data,
            status=status.HTTP_201_CREATED if created else status.HTTP_200_OK,
        )


def whole(records: QuerySet[ServiceRecord]) -> QuerySet[ServiceRecord]:
    """With everything that the serializer prints: two queries for however many. Identity numbers stay unread."""
    return records.select_related("station__unit", "entered_by", "due_provision__document").prefetch_related(
        Prefetch("workers", Worker.objects.only("pk", "name").order_by("pk"))
    )


def _about(request: Request, records: list[ServiceRecord]) -> dict[str, Any]:
    """What the serializer tells beside the rows: how many people they name, and which texts stay closed."""
    return {"people": people_counts(records), "closed": closed_texts(request.user, records)}


def _require_somewhere(request: Request, permission: Permission) -> None:
    if not request.user.paths(permission):
        require(request.user, permission, "")


def _station(request: Request, key: int) -> Station:
    station = stations_in_reach(request.user).filter(pk=key).first()
    if station is None:
        raise Http404("没有这个站点，或不在您的管辖范围内")
    require(request.user, Permission.LOG_SERVICE, station.unit.path)
    return station
