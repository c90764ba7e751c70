from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.conf import settings as django_settings
from django.contrib.auth.hashers import get_hasher
from django.test import Client
from django.urls import reverse

from accounts.actions import reset_password
from accounts.models import AuditEvent, User
from tests.world import PASSWORD

NOW = "2026-11-21 09:00:00+08:00"
WRONG = "not-the-password-1"


def attempt(client: Client, username: str, password: str, **extra):
    return client.post(reverse("sign_in"), {"username": username, "password": password}, **extra)


def lock(client: Client, username: str = "zhang"):
    for _ in range(django_settings.AXES_FAILURE_LIMIT):
        response = attempt(client, username, WRONG)
    return response


def test_the_right_password_signs_in_and_leaves_an_event(world, client):
    response = attempt(client, "zhang", PASSWORD, REMOTE_ADDR="10.1.2.3")
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(world.worker.pk)
    event = AuditEvent.objects.get(verb="登录")
    assert (event.actor, event.ip, event.path) == (world.worker, "10.1.2.3", world.units["北关街道社工站"].path)


def test_signing_out_is_a_post_and_leaves_an_event(world, sign_in):
    client = sign_in(world.worker)
    assert client.get(reverse("sign_out")).status_code == 405
    assert client.post(reverse("sign_out")).url == reverse("sign_in")
    assert "_auth_user_id" not in client.session
    assert AuditEvent.objects.get(verb="退出").actor == world.worker


def test_a_wrong_password_says_how_many_tries_are_left(world, client):
    html = attempt(client, "zhang", WRONG).content.decode()
    assert "用户名或密码不正确" in html
    assert "还可以再试 4 次" in html
    assert AuditEvent.objects.get(verb="登录失败").target_id == str(world.worker.pk)


def test_an_unknown_user_name_gets_the_same_answer_and_is_not_written_down(world, client):
    html = attempt(client, "my-secret-password", WRONG).content.decode()
    assert "还可以再试 4 次" in html
    event = AuditEvent.objects.get(verb="登录失败")
    assert event.target_label == "（不存在的用户名）"
    assert "my-secret-password" not in str(event.__dict__)


def test_five_failures_lock_the_account_even_for_the_right_password(world, client):
    with time_machine.travel(NOW, tick=False) as clock:
        response = lock(client)
        assert response.status_code == 403
        html = response.content.decode()
        assert "账号暂时锁定" in html
        assert "30 分钟后可以再试" in html
        clock.shift(timedelta(minutes=10))
        again = attempt(client, "zhang", PASSWORD)
        assert again.status_code == 403
        assert "20 分钟后可以再试" in again.content.decode()
        assert "_auth_user_id" not in client.session
    assert AuditEvent.objects.filter(verb="登录失败").count() == 5
    assert AuditEvent.objects.filter(verb="锁定账号").count() == 1


def test_tries_during_the_lock_do_not_prolong_it(world, client):
    with time_machine.travel(NOW, tick=False) as clock:
        lock(client)
        clock.shift(timedelta(minutes=29))
        attempt(client, "zhang", WRONG)
        clock.shift(timedelta(minutes=2))
        assert attempt(client, "zhang", PASSWORD).status_code == 302


def test_the_lock_is_for_the_name_from_every_address_and_for_no_other_name(world, client):
    for number in range(5):
        attempt(client, "zhang", WRONG, REMOTE_ADDR=f"10.0.0.{number}", HTTP_USER_AGENT=f"browser {number}")
    assert attempt(client, "zhang", PASSWORD, REMOTE_ADDR="10.9.9.9").status_code == 403
    assert attempt(client, "wang", PASSWORD).status_code == 302


def test_an_administrator_who_resets_the_password_lifts_the_lock(world, client):
    lock(client)
    password = reset_password(by=world.administrator, user=world.worker)
    assert attempt(client, "zhang", password).status_code == 302


def test_success_forgets_earlier_failures(world, client):
    for _ in range(4):
        attempt(client, "zhang", WRONG)
    attempt(client, "zhang", PASSWORD)
    client.logout()
    assert "还可以再试 4 次" in attempt(client, "zhang", WRONG).content.decode()


def test_a_deactivated_user_cannot_sign_in_and_an_open_session_ends(world, sign_in, client):
    open_session = sign_in(world.worker)
    User.objects.filter(pk=world.worker.pk).update(is_active=False)
    assert attempt(client, "zhang", PASSWORD).status_code == 200
    assert open_session.get(reverse("unit_search")).url.startswith(reverse("sign_in"))


def test_after_sign_in_one_returns_to_the_page_asked_for_but_never_to_another_site(world, client):
    wanted = client.get(reverse("unit_search")).url
    assert wanted == f"{reverse('sign_in')}?next={reverse('unit_search')}"
    signed_in = client.post(wanted, {"username": "zhang", "password": PASSWORD})
    assert signed_in.url == reverse("unit_search")
    other = Client().post(reverse("sign_in"), {"username": "li", "password": PASSWORD, "next": "https://evil.example/"})
    assert "evil" not in other.url


def test_a_session_that_ended_leads_back_to_the_page_that_was_open(world, client):
    """Not to the address that only takes a POST, nor to a part of a page, nor to another site."""
    url, page = reverse("unit_search"), reverse("user_list") + "?q=1"
    back = f"{reverse('sign_in')}?next={quote(page)}"
    assert client.post(url, HTTP_REFERER=f"http://testserver{page}").url == back
    assert client.post(url, HTTP_REFERER="https://evil.example/users/").url == f"{reverse('sign_in')}?next=/"
    part = client.get(url, headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"})
    assert (part.status_code, part["HX-Redirect"]) == (204, back)


def test_passwords_are_hashed_with_argon2(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert get_hasher("default").algorithm == "argon2"
    from config import settings as product  # noqa: PLC0415

    assert product.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


@pytest.mark.parametrize("username", ["\x00", "x" * 5000, "'; drop table", "张"])
def test_odd_user_names_are_only_wrong(world, client, username):
    assert attempt(client, username, WRONG).status_code == 200


def test_who_must_change_the_password_gets_nowhere_else(world, client):
    User.objects.filter(pk=world.worker.pk).update(must_change_password=True)
    attempt(client, "zhang", PASSWORD)
    assert client.get(reverse("unit_search")).url == reverse("password_change")
    assert client.get("/api/v1/units/").status_code == 403
    page = client.get(reverse("password_change")).content.decode()
    assert "您的密码是管理员设的" in page
    new = "another-Pass-2026"
    changed = client.post(
        reverse("password_change"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )
    assert changed.status_code == 302
    assert client.get(reverse("unit_search")).status_code == 200
    world.worker.refresh_from_db()
    assert world.worker.check_password(new)
    event = AuditEvent.objects.get(verb="修改密码")
    assert new not in str(event.__dict__)


@pytest.mark.parametrize(
    ("old", "new", "again", "message"),
    [
        ("wrong", "another-Pass-2026", "another-Pass-2026", "原密码不正确"),
        (PASSWORD, "another-Pass-2026", "another-Pass-2027", "两次输入的新密码不一致"),
        (PASSWORD, "short", "short", "至少要有 10 个字符"),
        (PASSWORD, "12345678901234", "12345678901234", "不能全是数字"),
        (PASSWORD, PASSWORD, PASSWORD, "不能与原密码相同"),
        (PASSWORD, "x" * 200, "x" * 200, "128"),
    ],
)
def test_a_bad_change_of_password_is_refused_with_its_reason(world, sign_in, old, new, again, message):
    response = sign_in(world.worker).post(
        reverse("password_change"), {"old_password": old, "new_password1": new, "new_password2": again}
    )
    assert response.status_code == 200
    assert message in response.content.decode()
    world.worker.refresh_from_db()
    assert world.worker.check_password(PASSWORD)


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(world, sign_in):
    here, elsewhere = sign_in(world.worker), sign_in(world.worker)
    new = "another-Pass-2026"
    here.post(reverse("password_change"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert here.get(reverse("unit_search")).status_code == 200
    assert elsewhere.get(reverse("unit_search")).status_code == 302


def test_healthz_is_public_and_says_whether_the_database_answers(db, client):
    response = client.get(reverse("healthz"))
    assert response.json() == {"status": "ok", "database": "ok"}


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxied", "expected"),
    [
        ("10.0.0.1", "1.2.3.4", False, "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4", True, "1.2.3.4"),
        ("10.0.0.1", "unknown", True, "10.0.0.1"),
        ("", "", True, None),
    ],
)
def test_the_address_is_the_clients_and_cannot_be_forged(rf, settings, remote, forwarded, proxied, expected):
    from accounts.middleware import client_address  # noqa: PLC0415

    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if proxied else None
    assert client_address(rf.get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)) == expected
