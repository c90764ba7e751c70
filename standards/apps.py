from importlib import import_module

from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "standards"
    verbose_name = "建设标准"

    def ready(self) -> None:
        import_module("standards.attachables")
        import_module("standards.tables")
        import_module("standards.queries.panels")
        import_module("standards.queries.stage_panel")
        import_module("standards.stage_tables")
        import_module("standards.stage_questions")
        import_module("standards.queries.stage_answers")
