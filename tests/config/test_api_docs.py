"""The OpenAPI page runs under the content security policy: every script and style comes from an address."""

from __future__ import annotations

import re

from django.urls import reverse


def test_the_page_carries_no_inline_script_or_style(client, world):
    client.force_login(world.users["administrator"])
    page = client.get(reverse("api_docs")).content.decode()
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert "<style" not in page


def test_its_own_script_names_the_schema(client, world):
    client.force_login(world.users["administrator"])
    page = client.get(reverse("api_docs")).content.decode()
    own = next(src for src in re.findall(r'<script src="([^"]+)"', page) if src.startswith(reverse("api_docs")))
    script = client.get(own.replace("&amp;", "&"))
    assert script["Content-Type"].startswith("application/javascript")
    assert reverse("api_schema") in script.content.decode()
