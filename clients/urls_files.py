"""Addresses of files. No word of a person stands in one."""

from django.urls import path

from clients.views import files, listing, parts

file_patterns = [
    path("clients/", listing.client_list, name="client_list"),
    path("clients/new/", files.client_create, name="client_create"),
    path("clients/quick/", files.client_quick, name="client_quick"),
    path("clients/<int:pk>/", files.client_detail, name="client_detail"),
    path("clients/<int:pk>/edit/", files.client_edit, name="client_edit"),
    path("clients/<int:pk>/number/", files.client_reveal, name="client_reveal"),
    path("clients/<int:pk>/history/", files.client_history, name="client_history"),
    path("clients/<int:pk>/files/", files.client_files, name="client_files"),
    path("clients/<int:pk>/category/", parts.client_category, name="client_category"),
    path("clients/category/<int:pk>/end/", parts.client_category_end, name="client_category_end"),
    path("clients/<int:pk>/level/", parts.client_level, name="client_level"),
    path("clients/<int:pk>/contact/", parts.client_contact, name="client_contact"),
    path("clients/contact/<int:pk>/edit/", parts.client_contact_edit, name="client_contact_edit"),
    path("clients/contact/<int:pk>/remove/", parts.client_contact_remove, name="client_contact_remove"),
    path("clients/<int:pk>/relation/", parts.client_relation, name="client_relation"),
    path("clients/relation/<int:pk>/remove/", parts.client_relation_remove, name="client_relation_remove"),
    path("clients/<int:pk>/consent/", parts.client_consent, name="client_consent"),
    path("clients/consent/<int:pk>/scan/", parts.client_consent_scan, name="client_consent_scan"),
    path("clients/consent/<int:pk>/withdraw/", parts.client_consent_withdraw, name="client_consent_withdraw"),
]
