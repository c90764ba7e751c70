from importlib import import_module

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "统计"

    def ready(self) -> None:
        import_module("reporting.signals")
        import_module("reporting.workbooks.monthly")  # its job kind, also in workers, which import no views
        import_module("reporting.tables")
        import_module("reporting.timeline")
        import_module("reporting.stage_questions")
        import_module("reporting.stage_answers")
