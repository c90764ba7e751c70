"""The request as views get it: behind SignInRequiredMiddleware and django-htmx."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class SignedIn(HttpRequest):
    """A request whose user has signed in. For annotations only; nothing is ever made of this class."""

    user: User
    htmx: HtmxDetails
