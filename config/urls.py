from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config import offline
from config.api import router

urlpatterns = [
    path("sw.js", offline.service_worker, name="service_worker"),
    path("manifest.webmanifest", offline.app_manifest, name="app_manifest"),
    path("offline/", offline.offline_page, name="offline_page"),
    path("", include("accounts.urls")),
    path("", include("files.urls")),
    path("", include("jobs.urls")),
    path("", include("policies.urls")),
    path("", include("stations.urls")),
    path("", include("standards.urls")),
    path("", include("clients.urls")),
    path("", include("services.urls")),
    path("", include("casework.urls")),
    path("", include("visits.urls")),
    path("", include("linkage.urls")),
    path("", include("agencies.urls")),
    path("", include("funds.urls")),
    path("", include("reporting.urls")),
    path("api/v1/", include(router.urls)),
    path("api/schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path(
        "api/",
        SpectacularSwaggerSplitView.as_view(url_name="api_schema", template_name="api_docs.html"),
        name="api_docs",
    ),
    path("admin/", admin.site.urls),
]
