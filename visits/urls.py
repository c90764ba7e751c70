from django.urls import URLPattern, path

from visits.views import batches, calendar, visits

urlpatterns: list[URLPattern] = [
    path("visits/", visits.visit_list, name="visit_list"),
    path("visits/counts/", visits.visit_counts, name="visit_counts"),
    path("visits/calendar/", calendar.visit_calendar, name="visit_calendar"),
    path("visits/calendar/<int:pk>/feed/", calendar.feed_create, name="feed_create"),
    path("visits/calendar/<int:pk>/stop/", calendar.feed_revoke, name="feed_revoke"),
    path("visits/feed/<int:pk>.ics", calendar.visit_feed, name="visit_feed"),
    path("visits/plan/", visits.visit_plan, name="visit_plan"),
    path("visits/<int:pk>/", visits.visit_detail, name="visit_detail"),
    path("visits/<int:pk>/arrange/", visits.visit_arrange, name="visit_arrange"),
    path("visits/<int:pk>/attempt/", visits.visit_attempt, name="visit_attempt"),
    path("visits/<int:pk>/cancel/", visits.visit_cancel, name="visit_cancel"),
    path("visits/<int:pk>/result/", visits.visit_result, name="visit_result"),
    path("visits/batches/", batches.batch_list, name="batch_list"),
    path("visits/batches/new/", batches.batch_create, name="batch_create"),
    path("visits/batches/<int:pk>/", batches.batch_detail, name="batch_detail"),
    path("visits/batches/<int:pk>/print/", batches.batch_print, name="batch_print"),
    path("visits/batches/<int:pk>/edit/", batches.batch_edit, name="batch_edit"),
    path("visits/batches/<int:pk>/question/", batches.batch_question, name="batch_question"),
    path("visits/batches/<int:pk>/start/", batches.batch_start, name="batch_start"),
    path("visits/batches/<int:pk>/extend/", batches.batch_extend, name="batch_extend"),
    path("visits/batches/<int:pk>/close/", batches.batch_close, name="batch_close"),
    path("visits/batches/<int:pk>/discard/", batches.batch_discard, name="batch_discard"),
]
