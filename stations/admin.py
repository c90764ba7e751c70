"""Read-only data pages of stations and workers, through the gate."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin import GatedAdmin
from accounts.roles import Permission
from stations.models import (
    Acceptance,
    BuildingPlan,
    Certificate,
    DimensionState,
    Employment,
    FeatureProject,
    Milestone,
    Renewal,
    Reward,
    RoomTitle,
    Station,
    StationPosting,
    StatusSpell,
    SupervisorAssignment,
    Training,
    Worker,
    WorkerEvaluation,
)


@admin.register(Station)
class StationAdmin(GatedAdmin):
    list_display = ["unit", "kind", "hosting", "completed_on", "basics_entered_on", "due_on", "closed_on"]
    list_filter = ["kind", "hosting", "is_demo"]
    list_select_related = ["unit"]
    search_fields = ["unit__name", "unit__initials"]
    ordering = ["unit__path"]


@admin.register(StatusSpell)
class StatusSpellAdmin(GatedAdmin):
    list_display = ["station", "status", "starts_on", "ends_on", "note"]
    list_filter = ["status"]
    list_select_related = ["station__unit"]
    search_fields = ["station__unit__name"]
    ordering = ["-starts_on", "-id"]


@admin.register(DimensionState)
class DimensionStateAdmin(GatedAdmin):
    list_display = ["station", "dimension", "met", "starts_on", "ends_on", "note"]
    list_filter = ["dimension", "met"]
    list_select_related = ["station__unit"]
    search_fields = ["station__unit__name"]
    ordering = ["-starts_on", "-id"]


@admin.register(Worker)
class WorkerAdmin(GatedAdmin):
    permission = Permission.VIEW_WORKERS
    list_display = ["name", "unit", "phone", "is_demo"]
    list_filter = ["is_demo"]
    list_select_related = ["unit"]
    search_fields = ["name"]
    ordering = ["id"]


@admin.register(Certificate)
class CertificateAdmin(GatedAdmin):
    permission = Permission.VIEW_WORKERS
    list_display = ["worker", "level", "number", "issued_on", "valid_until"]
    list_filter = ["level"]
    list_select_related = ["worker"]
    search_fields = ["number", "worker__name"]
    ordering = ["-issued_on", "-id"]


@admin.register(Employment)
class EmploymentAdmin(GatedAdmin):
    permission = Permission.VIEW_WORKERS
    list_display = ["worker", "employer_name", "employer_kind", "full_time", "starts_on", "ends_on"]
    list_filter = ["employer_kind", "full_time"]
    list_select_related = ["worker"]
    search_fields = ["worker__name", "employer_name"]
    ordering = ["-starts_on", "-id"]


@admin.register(StationPosting)
class StationPostingAdmin(GatedAdmin):
    permission = Permission.VIEW_WORKERS
    list_display = ["worker", "station", "starts_on", "ends_on"]
    list_select_related = ["worker", "station__unit"]
    search_fields = ["worker__name", "station__unit__name"]
    ordering = ["-starts_on", "-id"]


@admin.register(Renewal)
class RenewalAdmin(GatedAdmin):
    permission = Permission.VIEW_WORKERS
    list_display = ["certificate", "registered_on", "valid_until"]
    list_select_related = ["certificate"]
    search_fields = ["certificate__number"]
    ordering = ["-registered_on", "-id"]


@admin.register(SupervisorAssignment)
class SupervisorAssignmentAdmin(GatedAdmin):
    permission = Permission.VIEW_WORKERS
    list_display = ["station", "worker", "user", "lead", "starts_on", "ends_on"]
    list_filter = ["lead"]
    list_select_related = ["station__unit", "worker", "user"]
    search_fields = ["station__unit__name", "worker__name", "user__name"]
    ordering = ["-starts_on", "-id"]


@admin.register(Training)
class TrainingAdmin(GatedAdmin):
    permission = Permission.VIEW_WORKERS
    list_display = ["topic", "kind", "organiser", "held_from", "held_to", "hours", "unit"]
    list_filter = ["kind", "is_demo"]
    list_select_related = ["unit"]
    search_fields = ["topic", "organiser"]
    ordering = ["-held_to", "-id"]


@admin.register(WorkerEvaluation)
class WorkerEvaluationAdmin(GatedAdmin):
    permission = Permission.VIEW_WORKERS
    list_display = ["worker", "year", "grade", "score", "evaluator"]
    list_filter = ["grade"]
    list_select_related = ["worker"]
    search_fields = ["worker__name"]
    ordering = ["-year", "-id"]


@admin.register(Reward)
class RewardAdmin(GatedAdmin):
    permission = Permission.VIEW_WORKERS
    list_display = ["worker", "title", "level", "granted_by", "granted_on"]
    list_filter = ["level"]
    list_select_related = ["worker"]
    search_fields = ["worker__name", "title"]
    ordering = ["-granted_on", "-id"]


@admin.register(Acceptance)
class AcceptanceAdmin(GatedAdmin):
    list_display = ["station", "round", "held_on", "passed", "correct_by"]
    list_filter = ["passed"]
    list_select_related = ["station__unit"]
    search_fields = ["station__unit__name"]
    ordering = ["-held_on", "-id"]


@admin.register(BuildingPlan)
class BuildingPlanAdmin(GatedAdmin):
    list_display = ["title", "unit", "year", "document"]
    list_filter = ["year"]
    list_select_related = ["unit", "document"]
    search_fields = ["title", "unit__name"]
    ordering = ["-year", "-id"]


@admin.register(Milestone)
class MilestoneAdmin(GatedAdmin):
    list_display = ["name", "plan", "unit", "due_on", "kind", "done_on"]
    list_filter = ["kind"]
    list_select_related = ["plan", "unit"]
    search_fields = ["name", "unit__name"]
    ordering = ["-due_on", "-id"]


@admin.register(RoomTitle)
class RoomTitleAdmin(GatedAdmin):
    list_display = ["room", "year", "state", "applied_on", "decided_on", "withdrawn_on"]
    list_filter = ["state", "year"]
    list_select_related = ["room__unit"]
    search_fields = ["room__unit__name"]
    ordering = ["-year", "-id"]


@admin.register(FeatureProject)
class FeatureProjectAdmin(GatedAdmin):
    list_display = ["name", "station", "year", "group", "state", "approved_on", "finished_on", "stopped_on"]
    list_filter = ["state", "group", "is_demo"]
    list_select_related = ["station__unit"]
    search_fields = ["name", "station__unit__name"]
    ordering = ["-year", "-id"]
