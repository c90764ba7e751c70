"""The request as views get it: behind SignInRequiredMiddleware and django-htmx."""

from __future__ import annotations

from django.http import HttpRequest
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails

from accounts.models import User

# A page with a form: seen and sent at one address.
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


class SignedIn(HttpRequest):
    """A request whose user has signed in. For annotations only; nothing is ever made of this class."""

    user: User
    htmx: HtmxDetails
