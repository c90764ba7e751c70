"""The request as views behind the gate get it."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User


class SignedIn(HttpRequest):
    """Only a type: the gate has let a user in."""

    user: User
