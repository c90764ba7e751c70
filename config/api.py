"""API v1: each room declares its viewsets in its api.py, this router gathers them."""

from rest_framework.routers import DefaultRouter

from accounts.api import UnitViewSet
from reporting.api import FiguresViewSet
from services.api import ServiceViewSet
from stations.api import FeatureViewSet, StationViewSet

router = DefaultRouter()
router.register("units", UnitViewSet, basename="api_unit")
router.register("services", ServiceViewSet, basename="api_service")
router.register("figures", FiguresViewSet, basename="api_figures")
router.register("stations", StationViewSet, basename="api_station")
router.register("features", FeatureViewSet, basename="api_feature")
