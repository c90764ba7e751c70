"""Pages of feature projects 一站一品: gallery, list, one project, and its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.gate import permitted, scoped
from accounts.queries import crumbs, places, unit_in_scope
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from common.forms import WithdrawForm, attempt
from files.queries import attachments_of
from stations.actions import features as actions
from stations.forms.features import (
    ApplyForm,
    CreateForm,
    DatedForm,
    DraftForm,
    EvidenceForm,
    FeatureFilter,
    ReviewForm,
    StopForm,
)
from stations.models import FeatureProject, FeatureState, Recommendation
from stations.queries.features import (
    TONES,
    by_county,
    feature_rows,
    recommended_words,
    sorted_features,
    step_rows,
    steps_open_to,
    waiting,
)

P = Permission
CARDS, PAGE = 24, 50
JOINED = ("station__unit",)


def _whole(request: SignedIn, *, gallery: bool) -> tuple[FeatureFilter, Any, dict[str, Any]]:
    """The filter, the projects that pass it, and what both pages show beside them."""
    unit = unit_in_scope(request.user, request.GET.get("unit"))
    form = FeatureFilter(request.GET, user=request.user, unit=unit, permission=P.VIEW)
    features = form.apply(FeatureProject.objects.visible_to(request.user), only_recognised=gallery)
    kept = request.GET.copy()
    kept.pop("page", None)
    query = f"?{kept.urlencode()}" if kept else ""
    context = {
        "form": form,
        "unit": unit,
        "sort": request.GET.get("sort", ""),
        "filtered": any(value for key, value in request.GET.items() if key in form.fields),
        "waiting": waiting(request.user),
        "may_write": bool(request.user.paths(P.EDIT_FEATURE)),
        "tabs": [
            {"label": "展示", "url": reverse("feature_gallery") + query, "active": gallery},
            {"label": "列表", "url": reverse("feature_list") + query, "active": not gallery},
        ],
    }
    return form, features.select_related("station__unit"), context


@require_GET
@permitted(P.VIEW)
def feature_gallery(request: SignedIn) -> HttpResponse:
    """Recognised projects as cards with a photo, by county."""
    _, features, context = _whole(request, gallery=True)
    page = Paginator(sorted_features(features, "station"), CARDS).get_page(request.GET.get("page"))
    rows = feature_rows(page.object_list, photos_for=request.user)
    return render(request, "stations/feature_gallery.html", context | {"page": page, "counties": by_county(rows)})


@require_GET
@permitted(P.VIEW)
def feature_list(request: SignedIn) -> HttpResponse:
    """Projects in every state. Filters: unit, q, year, state, group, recommended, month. Sort: station, year, date."""
    _, features, context = _whole(request, gallery=False)
    page = Paginator(sorted_features(features, context["sort"]), PAGE).get_page(request.GET.get("page"))
    return render(
        request, "stations/feature_list.html", context | {"page": page, "rows": feature_rows(page.object_list)}
    )


def _page(request: SignedIn, feature: FeatureProject) -> dict[str, Any]:
    """What the page of one project and its print show."""
    steps, last, returned = step_rows(feature)
    files = attachments_of(request.user, [feature])[feature.pk]
    return {
        "feature": feature,
        "tone": TONES[FeatureState(feature.state)],
        "recommended": recommended_words(feature),
        "steps": steps,
        "last": last,
        "returned": returned,
        "photos": [file for file in files if file.is_image],
        "documents": [file for file in files if not file.is_image],
    }


@require_GET
@scoped(FeatureProject, P.VIEW, related=JOINED)
def feature_detail(request: SignedIn, feature: FeatureProject) -> HttpResponse:
    context = _page(request, feature) | {
        "crumbs": crumbs(request.user, feature.station.unit),
        "can": steps_open_to(request.user, feature),
    }
    return render(request, "stations/feature_detail.html", context)


@require_GET
@scoped(FeatureProject, P.VIEW, related=JOINED)
def feature_print(request: SignedIn, feature: FeatureProject) -> HttpResponse:
    """The project as a formal paper, A4."""
    place = places([feature.station.unit])[feature.station_id]
    context = _page(request, feature) | {"place": place, "now": timezone.localtime()}
    return render(request, "stations/feature_print.html", context)


# ---- writing --------------------------------------------------------------------------------------------------------


@GET_OR_POST
@permitted(P.EDIT_FEATURE)
def feature_create(request: SignedIn) -> HttpResponse:
    """Begin a project; `?station=` chooses the station beforehand."""
    asked = request.GET.get("station", "")
    stations = CreateForm(user=request.user).fields["station"].queryset  # type: ignore[attr-defined]
    only = stations.values_list("pk", flat=True)[:2]
    initial = {"station": asked if asked.isdigit() else only[0] if len(only) == 1 else None}
    form = CreateForm(request.POST or None, request.FILES or None, user=request.user, initial=initial)
    if feature := attempt(form, lambda: actions.draft_feature(by=request.user, **form.values())):
        messages.success(request, f"已保存“{feature.name}”的草稿，填写完整后申报")
        return redirect("feature_detail", feature.pk)
    return render(request, "stations/feature_form.html", {"form": form, "title": "填报特色项目"})


@GET_OR_POST
@scoped(FeatureProject, P.EDIT_FEATURE, related=JOINED)
def feature_edit(request: SignedIn, feature: FeatureProject) -> HttpResponse:
    """A draft whole; of a recognised project the results and more evidence."""
    kind = EvidenceForm if feature.state == FeatureState.APPROVED else DraftForm
    form = kind.of(request.POST or None, request.FILES or None, feature)
    if attempt(form, lambda: actions.edit_feature(by=request.user, feature=feature, **form.values())):
        messages.success(request, "已保存")
        return redirect("feature_detail", feature.pk)
    title = "补充成效和佐证材料" if kind is EvidenceForm else "修改特色项目"
    return _form_page(request, feature, form, title)


def _form_page(request: SignedIn, feature: FeatureProject, form: Form, title: str, **extra: Any) -> HttpResponse:
    context = {
        "feature": feature,
        "form": form,
        "title": title,
        "crumbs": crumbs(request.user, feature.station.unit),
        **extra,
    }
    return render(request, "stations/feature_form.html", context)


def _step_page(
    request: SignedIn,
    feature: FeatureProject,
    form_class: Callable[..., Any],
    act: Callable[[dict[str, Any]], FeatureProject],
    *,
    title: str,
    done: str,
    **extra: Any,
) -> HttpResponse:
    """A page that takes one step, from a form that carries the latest step that the user saw."""
    form = form_class(request.POST or None, expected=actions.last_step(feature))
    if attempt(form, lambda: act(form.cleaned_data)):
        messages.success(request, done)
        return redirect("feature_detail", feature.pk)
    return _form_page(request, feature, form, title, **extra)


@GET_OR_POST
@scoped(FeatureProject, P.EDIT_FEATURE, related=JOINED)
def feature_apply(request: SignedIn, feature: FeatureProject) -> HttpResponse:
    return _step_page(
        request,
        feature,
        ApplyForm,
        lambda values: actions.apply_feature(by=request.user, feature=feature, **values),
        title="申报特色项目",
        done="已申报，由县级民政部门认定",
        words="申报后到审核前不能再修改。请确认实施方案和佐证材料已经齐全。",
        submit="确认申报",
    )


@GET_OR_POST
@scoped(FeatureProject, P.RECOMMEND_FEATURE, related=JOINED)
def feature_review(request: SignedIn, feature: FeatureProject) -> HttpResponse:
    return _step_page(
        request,
        feature,
        ReviewForm,
        lambda values: actions.review_feature(by=request.user, feature=feature, **values),
        title="审核特色项目",
        done="已登记审核结果",
        submit="提交审核结果",
    )


@GET_OR_POST
@scoped(FeatureProject, P.RECOMMEND_FEATURE, related=JOINED)
def feature_recommend(request: SignedIn, feature: FeatureProject) -> HttpResponse:
    """From county to city, and when that is done from city to province."""
    to = Recommendation.PROVINCE if feature.to_city_on else Recommendation.CITY
    return _step_page(
        request,
        feature,
        DatedForm,
        lambda values: actions.recommend_feature(by=request.user, feature=feature, to=to, **values),
        title=to.label,
        done=f"已{to.label}",
        submit=f"确认{to.label}",
    )


@GET_OR_POST
@scoped(FeatureProject, P.RECOMMEND_FEATURE, related=JOINED)
def feature_take_back(request: SignedIn, feature: FeatureProject) -> HttpResponse:
    return _step_page(
        request,
        feature,
        WithdrawForm,
        lambda values: actions.take_back_recommendation(by=request.user, feature=feature, **values),
        title=f"撤回{recommended_words(feature)}",
        done="已撤回推荐",
        submit="确认撤回",
        danger=True,
    )


@GET_OR_POST
@scoped(FeatureProject, P.RECOMMEND_FEATURE, related=JOINED)
def feature_finish(request: SignedIn, feature: FeatureProject) -> HttpResponse:
    return _step_page(
        request,
        feature,
        DatedForm,
        lambda values: actions.finish_feature(by=request.user, feature=feature, **values),
        title="特色项目结项",
        done="已登记结项",
        submit="确认结项",
    )


def _stop(request: SignedIn, feature: FeatureProject) -> HttpResponse:
    return _step_page(
        request,
        feature,
        StopForm,
        lambda values: actions.stop_feature(by=request.user, feature=feature, **values),
        title="中止特色项目",
        done="已中止，可以另报本年度的项目",
        submit="确认中止",
        danger=True,
    )


# Before recognition the station gives its project up, afterwards the county does: two rights, two addresses.
feature_give_up = GET_OR_POST(scoped(FeatureProject, P.EDIT_FEATURE, related=JOINED)(_stop))
feature_stop = GET_OR_POST(scoped(FeatureProject, P.RECOMMEND_FEATURE, related=JOINED)(_stop))
