"""Addresses on files as a whole: merging, closing, moving."""

from django.urls import path

from clients.views import merging, moving

moving_patterns = [
    path("clients/duplicates/", merging.duplicate_list, name="duplicate_list"),
    path("clients/<int:pk>/merge/", merging.client_merge_choose, name="client_merge_choose"),
    path("clients/<int:pk>/merge/<int:other>/", merging.client_merge, name="client_merge"),
    path("clients/<int:pk>/apart/<int:other>/", merging.client_not_duplicate, name="client_not_duplicate"),
    path("clients/merges/<int:pk>/undo/", merging.client_unmerge, name="client_unmerge"),
    path("clients/<int:pk>/close/", moving.client_close, name="client_close"),
    path("clients/<int:pk>/reopen/", moving.client_reopen, name="client_reopen"),
    path("clients/<int:pk>/transfer/", moving.client_transfer, name="client_transfer"),
    path("clients/transfers/", moving.transfer_list, name="transfer_list"),
    path("clients/transfers/ask/", moving.transfer_ask, name="transfer_ask"),
    path("clients/transfers/<int:pk>/", moving.transfer_detail, name="transfer_detail"),
    path("clients/transfers/<int:pk>/withdraw/", moving.transfer_withdraw, name="transfer_withdraw"),
]
