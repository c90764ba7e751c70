from django.urls import URLPattern, path

from stations.urls_building import building_patterns
from stations.urls_features import feature_patterns
from stations.views import lists, stations, steps, withdraw, workers

urlpatterns: list[URLPattern] = [
    path("stations/", lists.station_list, name="station_list"),
    path("stations/new/", stations.station_create, name="station_create"),
    path("stations/<int:pk>/", stations.station_detail, name="station_detail"),
    path("stations/<int:pk>/file/", stations.station_file, name="station_file"),
    path("stations/<int:pk>/edit/", stations.station_edit, name="station_edit"),
    path("stations/<int:pk>/status/", steps.station_status, name="station_status"),
    path("stations/<int:pk>/status/withdraw/", withdraw.station_status_withdraw, name="station_status_withdraw"),
    path("stations/<int:pk>/check/", stations.station_dimension, name="station_dimension"),
    path("stations/<int:pk>/check/withdraw/", withdraw.station_check_withdraw, name="station_check_withdraw"),
    path("stations/<int:pk>/history/", stations.station_history, name="station_history"),
    *building_patterns,
    path("workers/", lists.worker_list, name="worker_list"),
    path("workers/new/", workers.worker_create, name="worker_create"),
    path("workers/take-over/", workers.worker_take_over, name="worker_take_over"),
    path("workers/<int:pk>/", workers.worker_detail, name="worker_detail"),
    path("workers/<int:pk>/edit/", workers.worker_edit, name="worker_edit"),
    path("workers/<int:pk>/certificate/", workers.worker_certificate, name="worker_certificate"),
    path("workers/<int:pk>/employ/", workers.worker_employ, name="worker_employ"),
    path("workers/<int:pk>/employment/end/", workers.worker_employment_end, name="worker_employment_end"),
    path("workers/<int:pk>/post/", workers.worker_post, name="worker_post"),
    path("workers/<int:pk>/posting/end/", workers.worker_posting_end, name="worker_posting_end"),
    path(
        "workers/<int:pk>/certificate/withdraw/",
        withdraw.worker_certificate_withdraw,
        name="worker_certificate_withdraw",
    ),
    path(
        "workers/<int:pk>/employment/withdraw/", withdraw.worker_employment_withdraw, name="worker_employment_withdraw"
    ),
    path("workers/<int:pk>/posting/withdraw/", withdraw.worker_posting_withdraw, name="worker_posting_withdraw"),
    path("workers/<int:pk>/history/", workers.worker_history, name="worker_history"),
    *feature_patterns,
]
