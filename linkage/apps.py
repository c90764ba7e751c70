from importlib import import_module

from django.apps import AppConfig


class LinkageConfig(AppConfig):
    name = "linkage"
    verbose_name = "五社联动"

    def ready(self) -> None:
        import_module("linkage.attachables")
        import_module("linkage.panels")
        import_module("linkage.periods")
        import_module("linkage.receivers")
        import_module("linkage.service_links")
        import_module("linkage.tables")
