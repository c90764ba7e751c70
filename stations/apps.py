from importlib import import_module

from django.apps import AppConfig


class StationsConfig(AppConfig):
    name = "stations"
    verbose_name = "站点"

    def ready(self) -> None:
        import_module("stations.attachables")
        import_module("stations.signals")
        import_module("stations.tables")
        import_module("stations.people_tables")
        import_module("stations.building_tables")
        import_module("stations.queries.station_panels")
        import_module("stations.queries.station_events")
        import_module("stations.queries.feature_panel")
        import_module("stations.queries.building_panels")
