from django.urls import path, register_converter

from reporting.converters import MonthConverter
from reporting.views import coverage, dashboard, home, people, report_flow, reports, today, trend, workbook

register_converter(MonthConverter, "month")

urlpatterns = [
    path("", home.home, name="home"),
    path("today/", today.today, name="today"),
    path("units/", home.home_dashboard, name="home_dashboard"),
    path("units/<int:pk>/", dashboard.dashboard, name="dashboard"),
    path("units/<int:pk>/workbook/", workbook.workbook_request, name="workbook_request"),
    path("coverage/", coverage.coverage_list, name="coverage_list"),
    path("idle/", coverage.idle_station_list, name="idle_station_list"),
    path("trend/", trend.figure_trend, name="figure_trend"),
    path("people/", people.people_served, name="people_served"),
    path("reports/", reports.report_list, name="report_list"),
    path("reports/<int:pk>/", reports.report_detail, name="report_detail"),
    path("reports/<int:pk>/print/", reports.report_print, name="report_print"),
    path("reports/<int:pk>/edit/", report_flow.report_edit, name="report_edit"),
    path("reports/<int:pk>/submit/", report_flow.report_submit, name="report_submit"),
    path("reports/<int:pk>/return/", report_flow.report_return, name="report_return"),
    path("reports/<int:pk>/approve/", report_flow.report_approve, name="report_approve"),
    path("reports/of/<int:pk>/<month:month>/", reports.report_of, name="report_of"),
    path("reports/of/<int:pk>/<month:month>/open/", report_flow.report_open, name="report_open"),
]
