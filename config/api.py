"""API v1: each room declares its viewsets in its api.py, this router gathers them."""

from rest_framework.routers import DefaultRouter

router = DefaultRouter()
