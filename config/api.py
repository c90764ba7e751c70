"""API v1: each room declares its viewsets in its api.py, this router gathers them."""

from rest_framework.routers import DefaultRouter

from accounts.api import UnitViewSet
from agencies.api import AgencyViewSet, ContractViewSet, EvaluationViewSet
from funds.api import AllocationViewSet, FundViewSet, SpendingViewSet
from reporting.api import FiguresViewSet
from services.api import ServiceViewSet
from standards.api import AssetViewSet, CheckViewSet, StandardViewSet
from standards.api_stages import StageViewSet
from stations.api import FeatureViewSet, StationViewSet
from stations.api_building import AcceptanceViewSet, MilestoneViewSet, PlanViewSet, RoomTitleViewSet
from stations.api_people import TrainingViewSet, WorkerViewSet

router = DefaultRouter()
router.register("units", UnitViewSet, basename="api_unit")
router.register("services", ServiceViewSet, basename="api_service")
router.register("figures", FiguresViewSet, basename="api_figures")
router.register("stations", StationViewSet, basename="api_station")
router.register("workers", WorkerViewSet, basename="api_worker")
router.register("trainings", TrainingViewSet, basename="api_training")
router.register("plans", PlanViewSet, basename="api_plan")
router.register("milestones", MilestoneViewSet, basename="api_milestone")
router.register("acceptances", AcceptanceViewSet, basename="api_acceptance")
router.register("room-titles", RoomTitleViewSet, basename="api_title")
router.register("features", FeatureViewSet, basename="api_feature")
router.register("standards", StandardViewSet, basename="api_standard")
router.register("checks", CheckViewSet, basename="api_check")
router.register("stages", StageViewSet, basename="api_stage")
router.register("assets", AssetViewSet, basename="api_asset")
router.register("agencies", AgencyViewSet, basename="api_agency")
router.register("contracts", ContractViewSet, basename="api_contract")
router.register("evaluations", EvaluationViewSet, basename="api_evaluation")
router.register("funds", FundViewSet, basename="api_fund")
router.register("allocations", AllocationViewSet, basename="api_allocation")
router.register("spendings", SpendingViewSet, basename="api_spending")
