from importlib import import_module

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = "服务对象"

    def ready(self) -> None:
        import_module("clients.attachables")
        import_module("clients.cards")
        import_module("clients.periods")
        import_module("clients.tables")
