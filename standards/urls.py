from django.urls import URLPattern, path

from standards.views import checks, holdings, lists, stages, standards

urlpatterns: list[URLPattern] = [
    path("standards/", lists.check_list, name="check_list"),
    path("standards/issued/", standards.standard_list, name="standard_list"),
    path("standards/issued/<int:pk>/", standards.standard_detail, name="standard_detail"),
    path("standards/issued/<int:pk>/end/", standards.standard_end, name="standard_end"),
    path("standards/units/<int:pk>/", standards.unit_standard, name="unit_standard"),
    path("standards/units/<int:pk>/item/", standards.standard_item, name="standard_item"),
    path("standards/units/<int:pk>/drop/", standards.standard_drop, name="standard_drop"),
    path("standards/units/<int:pk>/new/", standards.standard_issue, name="standard_issue"),
    path("stations/<int:pk>/standard/", checks.station_standard, name="station_standard"),
    path("stations/<int:pk>/standard/self/", checks.check_self, name="check_self"),
    path("stations/<int:pk>/standard/county/", checks.check_county, name="check_county"),
    path("standards/checks/<int:pk>/", checks.check_detail, name="check_detail"),
    path("standards/checks/<int:pk>/withdraw/", checks.check_withdraw, name="check_withdraw"),
    path("standards/assets/", lists.asset_list, name="asset_list"),
    path("standards/institutions/", lists.institution_list, name="institution_list"),
    path("standards/signs/", lists.sign_list, name="sign_list"),
    path("stages/", stages.stage_list, name="stage_list"),
    path("stages/propose/", stages.stage_propose_all, name="stage_propose_all"),
    path("stages/units/<int:pk>/", stages.stage_criteria, name="stage_criteria"),
    path("stages/proposals/<int:pk>/", stages.stage_proposal, name="stage_proposal"),
    path("stages/proposals/<int:pk>/decide/", stages.stage_decide, name="stage_decide"),
    path("stages/proposals/<int:pk>/confirm/", stages.stage_confirm, name="stage_confirm"),
    path("stations/<int:pk>/stage/", stages.station_stage, name="station_stage"),
    path("stations/<int:pk>/stage/print/", stages.station_stage_print, name="station_stage_print"),
    path("stations/<int:pk>/stage/propose/", stages.stage_propose, name="stage_propose"),
    path("stations/<int:pk>/stage/withdraw/", stages.stage_withdraw, name="stage_withdraw"),
]
for _name, _model in holdings.REGISTERS.items():
    urlpatterns += [
        path(f"stations/<int:pk>/{_name}s/new/", holdings.add_page(_model), name=f"{_name}_add"),
        path(f"standards/{_name}s/<int:pk>/", holdings.detail_page(_model), name=f"{_name}_detail"),
        path(f"standards/{_name}s/<int:pk>/edit/", holdings.edit_page(_model), name=f"{_name}_edit"),
        path(f"standards/{_name}s/<int:pk>/end/", holdings.end_page(_model), name=f"{_name}_end"),
        path(f"standards/{_name}s/<int:pk>/history/", holdings.history_of(_model), name=f"{_name}_history"),
    ]
