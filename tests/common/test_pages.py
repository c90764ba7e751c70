"""A page that is one form: what the action refuses stands on it, what it did is said elsewhere."""

from __future__ import annotations

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import ValidationError
from django.template.loader import get_template

from common.pages import write_page


class NameForm(forms.Form):
    name = forms.CharField(label="名称")


@pytest.fixture
def asked(rf, monkeypatch):
    """`asked(write, name=…)`: the answer to that POST, and what was said."""
    rendered = []
    monkeypatch.setattr("common.pages.render", lambda request, template, context: rendered.append(context) or rendered)

    def post(write, **data):
        request = rf.post("/", data)
        request.session = {}
        request._messages = FallbackStorage(request)
        page = {"title": "登记", "done": lambda row: f"已登记{row}", "back": "/list/", "after": lambda row: f"/{row}/"}
        return write_page(request, NameForm(data), write, **page), [str(one) for one in get_messages(request)]

    return post


def test_done_is_said_where_it_leads(asked):
    answer, said = asked(lambda: 7, name="甲")
    assert (answer.url, said) == ("/7/", ["已登记7"])


@pytest.mark.parametrize("data", [{}, {"name": "乙"}])
def test_what_is_refused_stays_on_the_page(asked, data):
    def refuse():
        raise ValidationError({"name": "已有同名"})

    (context,), said = asked(refuse, **data)
    assert context["form"].errors["name"]
    assert (context["back"], said) == ("/list/", [])


def test_the_page_is_one_of_the_components():
    assert get_template("components/form_page.html")
