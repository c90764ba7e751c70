"""The request as our views get it: SignInRequiredMiddleware lets nobody else through."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User


class Request(HttpRequest):
    """For type checking: a request of a user who signed in."""

    user: User
