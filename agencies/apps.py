from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AgenciesConfig(AppConfig):
    name = "agencies"
    verbose_name = "承接机构"

    def ready(self) -> None:
        # Each needs the models, which are not loaded when this module is read.
        import_module("agencies.attachables")
        import_module("agencies.panels")
        import_module("agencies.tables")
        import_module("agencies.timeline")
        post_migrate.connect(import_module("agencies.shipped").after_migrate, sender=self)
