"""Opening a file or its thumbnail, and taking it off. Who sees the target sees its files, and nobody else."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from accounts.gate import open_to_all
from accounts.links import home_url
from accounts.requests import GET_OR_POST, SignedIn
from common.forms import attempt
from files import actions
from files.forms import RemoveForm
from files.kinds import FileKind
from files.models import Attachment
from files.queries import visible_attachment
from files.stored import open_stored

BY_TARGET = "谁能看附件由所附的对象决定（files.queries.visible_attachment）"
# What is served came from somebody: no script of it may run, nothing of it may load. The
# browser's own viewers of pictures and PDF need their styles, and that of PDF cannot stand in a sandbox.
CLOSED = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
VIEWER = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"
SECONDS = 600


def _visible(request: SignedIn, pk: int) -> Attachment:
    row = visible_attachment(request.user, pk)
    if row is None:
        raise Http404("没有这个附件，或不在您的管辖范围内")
    return row


def _served(request: SignedIn, name: str, tag: str, kind: FileKind, shown: str) -> HttpResponseBase:
    """The stored file, or 304 for who has it. Documents other than PDF are for saving, not for showing."""
    etag = quote_etag(tag)
    unchanged = get_conditional_response(request, etag=etag)
    response: HttpResponseBase
    if unchanged is not None:
        response = unchanged
    else:
        try:
            file = open_stored(name)
        except FileNotFoundError:
            raise Http404("存储中没有这个文件，请告诉管理员") from None
        saved = not (kind.is_image or kind is FileKind.PDF)
        response = FileResponse(file, as_attachment=saved, filename=shown, content_type=kind.content_type)
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = VIEWER if kind is FileKind.PDF else CLOSED
    response["ETag"] = etag
    response["Cache-Control"] = f"private, max-age={SECONDS}"
    return response


@open_to_all(BY_TARGET)
@require_safe
def file_open(request: SignedIn, pk: int) -> HttpResponseBase:
    row = _visible(request, pk)
    return _served(request, row.stored_name, row.stored_sha256, row.file_kind, row.name)


@open_to_all(BY_TARGET)
@require_safe
def file_thumbnail(request: SignedIn, pk: int) -> HttpResponseBase:
    row = _visible(request, pk)
    if not row.thumbnail_name:
        raise Http404("文档没有缩略图")
    return _served(request, row.thumbnail_name, f"t-{row.stored_sha256}", FileKind.JPEG, "thumbnail.jpg")


@open_to_all(BY_TARGET)
@GET_OR_POST
def file_remove(request: SignedIn, pk: int) -> HttpResponse:
    row = _visible(request, pk)
    spec = row.spec
    if not spec.changeable_by(request.user).filter(pk=row.target_id).exists():
        raise PermissionDenied(f"您的角色没有“{spec.change.label}”的权限")
    back = spec.page(row.target) if spec.page else home_url()
    form = RemoveForm(request.POST or None)
    if attempt(form, lambda: actions.remove(by=request.user, attachment=row, **form.cleaned_data)):
        messages.success(request, f"已移除“{row.name}”")
        return redirect(back)
    label = f"{spec.label(row.target)}（{spec.slot(row.slot).label}）"
    return render(request, "files/remove.html", {"row": row, "label": label, "back": back, "form": form})
