from importlib import import_module

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "services"
    verbose_name = "服务"

    def ready(self) -> None:
        import_module("services.attachables")
        import_module("services.client_panels")
        import_module("services.receivers")
        import_module("services.tables")
        import_module("services.timeline")
