from django.urls import path

from services import views

urlpatterns = [
    path("services/", views.service_list, name="service_list"),
    path("services/log/", views.service_log, name="service_log"),
    path("services/due/", views.service_due, name="service_due"),
    path("services/<int:pk>/", views.service_detail, name="service_detail"),
    path("services/<int:pk>/correct/", views.service_correct, name="service_correct"),
    path("services/<int:pk>/void/", views.service_void, name="service_void"),
]
