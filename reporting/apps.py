from importlib import import_module

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "统计"

    def ready(self) -> None:
        import_module("reporting.signals")
