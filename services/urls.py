from django.urls import path

from services import views

urlpatterns = [
    path("services/", views.service_list, name="service_list"),
    path("services/log/", views.service_log, name="service_log"),
    path("services/log/last-week/", views.service_last_week, name="service_last_week"),
    path("services/people/", views.service_people, name="service_people"),
    path("services/templates/", views.template_list, name="service_templates"),
    path("services/templates/add/", views.template_add, name="service_template_add"),
    path("services/templates/<int:pk>/", views.template_edit, name="service_template_edit"),
    path("services/templates/<int:pk>/delete/", views.template_delete, name="service_template_delete"),
    path("services/waiting/", views.service_waiting, name="service_waiting"),
    path("services/submit/", views.service_submit, name="service_submit"),
    path("services/due/", views.service_due, name="service_due"),
    path("services/<int:pk>/", views.service_detail, name="service_detail"),
    path("services/<int:pk>/correct/", views.service_correct, name="service_correct"),
    path("services/review/", views.service_review_many, name="service_review_many"),
    path("services/<int:pk>/review/", views.service_review, name="service_review"),
    path("services/<int:pk>/answer/", views.service_answer, name="service_answer"),
    path("services/<int:pk>/void/", views.service_void, name="service_void"),
]
