from django.urls import URLPattern, path

from stations.urls_building import building_patterns
from stations.urls_features import feature_patterns
from stations.urls_people import people_patterns
from stations.views import lists, stations, steps, withdraw

urlpatterns: list[URLPattern] = [
    path("stations/", lists.station_list, name="station_list"),
    path("stations/new/", stations.station_create, name="station_create"),
    path("stations/<int:pk>/", stations.station_detail, name="station_detail"),
    path("stations/<int:pk>/file/", stations.station_file, name="station_file"),
    path("stations/<int:pk>/edit/", stations.station_edit, name="station_edit"),
    path("stations/<int:pk>/status/", steps.station_status, name="station_status"),
    path("stations/<int:pk>/status/withdraw/", withdraw.station_status_withdraw, name="station_status_withdraw"),
    path("stations/<int:pk>/history/", stations.station_history, name="station_history"),
    *building_patterns,
    *people_patterns,
    *feature_patterns,
]
