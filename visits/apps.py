from importlib import import_module

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "visits"
    verbose_name = "探访"

    def ready(self) -> None:
        import_module("visits.receivers")
        import_module("visits.service_links")
        import_module("visits.tables")
        import_module("visits.panels")
