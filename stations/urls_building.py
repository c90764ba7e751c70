"""Addresses of plans, milestones, acceptances, demonstration rooms and progress."""

from django.urls import URLPattern, path

from stations.views import plans, progress, steps, titles

building_patterns: list[URLPattern] = [
    path("stations/<int:pk>/accept/", steps.acceptance_record, name="acceptance_record"),
    path("stations/<int:pk>/accept/withdraw/", steps.acceptance_withdraw, name="acceptance_withdraw"),
    path("stations/<int:pk>/title/", titles.title_apply, name="title_apply"),
    path("stations/progress/", progress.building_progress, name="building_progress"),
    path("stations/progress/print/", progress.building_progress_print, name="building_progress_print"),
    path("stations/progress/place/", plans.station_place, name="station_place"),
    path("stations/progress/plans/", plans.plan_list, name="plan_list"),
    path("stations/progress/plans/new/", plans.plan_create, name="plan_create"),
    path("stations/progress/plans/<int:pk>/", plans.plan_detail, name="plan_detail"),
    path("stations/progress/plans/<int:pk>/edit/", plans.plan_edit, name="plan_edit"),
    path("stations/progress/plans/<int:pk>/milestone/", plans.milestone_add, name="milestone_add"),
    path("stations/progress/milestones/", plans.milestone_list, name="milestone_list"),
    path("stations/progress/milestones/<int:pk>/", plans.milestone_detail, name="milestone_detail"),
    path("stations/progress/milestones/<int:pk>/edit/", plans.milestone_edit, name="milestone_edit"),
    path("stations/progress/milestones/<int:pk>/done/", plans.milestone_done, name="milestone_done"),
    path("stations/progress/milestones/<int:pk>/reopen/", plans.milestone_reopen, name="milestone_reopen"),
    path("stations/progress/milestones/<int:pk>/remove/", plans.milestone_remove, name="milestone_remove"),
    path("stations/progress/acceptances/", steps.acceptance_list, name="acceptance_list"),
    path("stations/progress/acceptances/<int:pk>/", steps.acceptance_detail, name="acceptance_detail"),
    path("stations/progress/rooms/", titles.title_list, name="title_list"),
    path("stations/progress/rooms/<int:pk>/", titles.title_detail, name="title_detail"),
    path("stations/progress/rooms/<int:pk>/decide/", titles.title_decide, name="title_decide"),
    path("stations/progress/rooms/<int:pk>/withdraw/", titles.title_withdraw, name="title_withdraw"),
]
