from importlib import import_module

from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "funds"
    verbose_name = "资金"

    def ready(self) -> None:
        import_module("funds.attachables")
        import_module("funds.tables")
        import_module("funds.pack")
        import_module("funds.queries.station_panel")
