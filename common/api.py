"""What all viewsets share: parameters of lists, pages of 50, and errors as JSON in Chinese."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_exception_handler

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
NOT_FOUND = "没有找到，或不在您的管辖范围内。"


def parameter(name: str, description: str, kind: Any = OpenApiTypes.STR, enum: Any = None) -> OpenApiParameter:
    """A query parameter of a list, for extend_schema."""
    return OpenApiParameter(name, kind, description=description, enum=enum)


class Page50(PageNumberPagination):
    """Numbered pages with a count: for lists of thousands. The default."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    invalid_page_message = "没有这一页。"


class Keyset50(CursorPagination):
    """Pages by a cursor, without a count: for lists of millions. A subclass sets `ordering`; an index must match it."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-id"
    invalid_cursor_message = "页码无效。"


def _in_chinese(exc: exceptions.APIException) -> None:
    """DRF's own messages are translated by its catalogue; these are the ones that it leaves in English."""
    if isinstance(exc, exceptions.ParseError):
        exc.detail = exceptions.ErrorDetail("请求内容不是有效的 JSON。", code="parse_error")
    elif isinstance(exc, exceptions.PermissionDenied) and str(exc.detail).startswith("CSRF"):
        exc.detail = exceptions.ErrorDetail("安全校验失败，请刷新页面后再试。", code="csrf_failed")


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """REST_FRAMEWORK["EXCEPTION_HANDLER"]: a ValidationError of an action becomes 400 `{field: [messages]}`.

    Messages without a field stand under `non_field_errors`; other errors are `{"detail": message}`.
    """
    if isinstance(exc, DjangoValidationError):
        if hasattr(exc, "error_dict"):
            data = {
                "non_field_errors" if name == NON_FIELD_ERRORS else name: messages
                for name, messages in exc.message_dict.items()
            }
        else:
            data = {"non_field_errors": exc.messages}
        exc = exceptions.ValidationError(data)
    elif isinstance(exc, Http404):
        message = str(exc)
        exc = exceptions.NotFound(message if _CHINESE.search(message) else NOT_FOUND)
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied(str(exc) or "您的角色没有这项权限。")
    elif isinstance(exc, exceptions.APIException):
        _in_chinese(exc)
    return rest_exception_handler(exc, context)
