from django.urls import URLPattern, path

from policies.views import calendar, documents, rules

# One prefix for the room, so that its menu entry stays lit on every page of it.
urlpatterns: list[URLPattern] = [
    path("policies/", documents.document_list, name="document_list"),
    path("policies/new/", documents.document_add, name="document_add"),
    path("policies/<int:pk>/", documents.document_detail, name="document_detail"),
    path("policies/<int:pk>/provisions/new/", documents.provision_add, name="provision_add"),
    path("policies/provisions/<int:pk>/end/", documents.provision_end, name="provision_end"),
    path("policies/rules/", rules.rules_home, name="rules_home"),
    path("policies/rules/<int:pk>/", rules.unit_rules, name="unit_rules"),
    path("policies/calendar/", calendar.calendar_year_list, name="calendar_year_list"),
    path("policies/calendar/<int:year>/", calendar.calendar_year, name="calendar_year"),
    path("policies/calendar/<int:year>/enter/", calendar.calendar_year_enter, name="calendar_year_enter"),
]
