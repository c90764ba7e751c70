from django.urls import URLPattern, path

from funds.views import allocations, funds, ledger, spendings

urlpatterns: list[URLPattern] = [
    path("funds/", funds.fund_list, name="fund_list"),
    path("funds/new/", funds.fund_create, name="fund_create"),
    path("funds/ledger/", ledger.fund_ledger, name="fund_ledger"),
    path("funds/ledger/pack/", ledger.fund_pack, name="fund_pack"),
    path("funds/findings/", ledger.fund_findings, name="fund_findings"),
    path("funds/findings/explain/", ledger.finding_explain, name="finding_explain"),
    path("funds/<int:pk>/", funds.fund_detail, name="fund_detail"),
    path("funds/<int:pk>/edit/", funds.fund_edit, name="fund_edit"),
    path("funds/<int:pk>/receive/", funds.fund_receive, name="fund_receive"),
    path("funds/<int:pk>/forbid/", funds.fund_forbid, name="fund_forbid"),
    path("funds/<int:pk>/allocate/", allocations.fund_allocate, name="fund_allocate"),
    path("funds/<int:pk>/history/", funds.fund_history, name="fund_history"),
    path("funds/forbidden/<int:pk>/remove/", funds.fund_permit, name="fund_permit"),
    path("funds/receipts/<int:pk>/reverse/", funds.receipt_reverse, name="receipt_reverse"),
    path("funds/allocations/", allocations.allocation_list, name="allocation_list"),
    path("funds/allocations/<int:pk>/", allocations.allocation_detail, name="allocation_detail"),
    path("funds/allocations/<int:pk>/confirm/", allocations.allocation_confirm, name="allocation_confirm"),
    path("funds/allocations/<int:pk>/return/", allocations.allocation_return, name="allocation_return"),
    path("funds/ledger/new/", spendings.spending_create, name="spending_create"),
    path("funds/ledger/<int:pk>/", spendings.spending_detail, name="spending_detail"),
    path("funds/ledger/<int:pk>/voucher/", spendings.spending_voucher, name="spending_voucher"),
    path("funds/ledger/<int:pk>/reverse/", spendings.spending_reverse, name="spending_reverse"),
    path("funds/ledger/<int:pk>/flag/", spendings.spending_flag, name="spending_flag"),
]
