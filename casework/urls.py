from django.urls import URLPattern, path

from casework.urls_groups import group_patterns
from casework.views import case_pages, case_work, cases

urlpatterns: list[URLPattern] = [
    path("cases/", case_pages.case_list, name="case_list"),
    path("cases/new/", cases.case_create, name="case_create"),
    path("cases/<int:pk>/", case_pages.case_detail, name="case_detail"),
    path("cases/<int:pk>/print/", case_pages.case_print, name="case_print"),
    path("cases/<int:pk>/edit/", cases.case_edit, name="case_edit"),
    path("cases/<int:pk>/assess/", cases.case_assess, name="case_assess"),
    path("cases/<int:pk>/plan/", cases.case_plan, name="case_plan"),
    path("cases/<int:pk>/intervene/", cases.case_intervene, name="case_intervene"),
    path("cases/<int:pk>/evaluate/", cases.case_evaluate, name="case_evaluate"),
    path("cases/<int:pk>/close/", cases.case_close, name="case_close"),
    path("cases/<int:pk>/reopen/", cases.case_reopen, name="case_reopen"),
    path("cases/<int:pk>/take-back/", cases.case_take_back, name="case_take_back"),
    path("cases/<int:pk>/review/", case_work.case_review, name="case_review"),
    path("cases/<int:pk>/hand-over/", case_work.case_hand_over, name="case_hand_over"),
    path("cases/<int:pk>/services/", case_work.case_link_services, name="case_link_services"),
    path("case-services/<int:pk>/goals/", case_work.case_service_goals, name="case_service_goals"),
    path("case-services/<int:pk>/detach/", case_work.case_service_detach, name="case_service_detach"),
    path("case-steps/<int:pk>/comment/", case_work.case_comment, name="case_comment"),
    path("case-comments/<int:pk>/read/", case_work.case_comment_read, name="case_comment_read"),
    path("case-comments/<int:pk>/answer/", case_work.case_answer, name="case_answer"),
    *group_patterns,
]
