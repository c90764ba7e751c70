"""Addresses of feature projects 一站一品."""

from __future__ import annotations

from django.urls import URLPattern, path

from stations.views import features

feature_patterns: list[URLPattern] = [
    path("features/", features.feature_gallery, name="feature_gallery"),
    path("features/list/", features.feature_list, name="feature_list"),
    path("features/new/", features.feature_create, name="feature_create"),
    path("features/<int:pk>/", features.feature_detail, name="feature_detail"),
    path("features/<int:pk>/print/", features.feature_print, name="feature_print"),
    path("features/<int:pk>/edit/", features.feature_edit, name="feature_edit"),
    path("features/<int:pk>/apply/", features.feature_apply, name="feature_apply"),
    path("features/<int:pk>/review/", features.feature_review, name="feature_review"),
    path("features/<int:pk>/recommend/", features.feature_recommend, name="feature_recommend"),
    path("features/<int:pk>/finish/", features.feature_finish, name="feature_finish"),
    path("features/<int:pk>/recommend/withdraw/", features.feature_take_back, name="feature_take_back"),
    path("features/<int:pk>/give-up/", features.feature_give_up, name="feature_give_up"),
    path("features/<int:pk>/stop/", features.feature_stop, name="feature_stop"),
]
