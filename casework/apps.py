from importlib import import_module

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "casework"
    verbose_name = "个案、小组和活动"

    def ready(self) -> None:
        # Each needs the models, which are not loaded when this module is read.
        import_module("casework.attachables")
        import_module("casework.case_events")
        import_module("casework.case_panels")
        import_module("casework.case_tables")
        import_module("casework.service_links")
        import_module("casework.group_events")
        import_module("casework.group_links")
        import_module("casework.group_panels")
        import_module("casework.group_tables")
