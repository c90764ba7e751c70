"""Sign-in and one's own password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from accounts.models import User

LONGEST_PASSWORD = 128  # hashing is slow by intention: nobody is to feed it megabytes


class SignInForm(AuthenticationForm):
    error_messages = {"invalid_login": "用户名或密码不正确。", "inactive": "该账号已停用。"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "用户名"
        self.fields["password"].label = "密码"

    def clean_username(self) -> str:
        """Django sets the longest length for the browser only; axes cannot store a longer name."""
        username = self.cleaned_data["username"]
        if len(username) > (User._meta.get_field("username").max_length or 0):
            raise self.get_invalid_login_error()
        return username

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if len(password) > LONGEST_PASSWORD:
            raise self.get_invalid_login_error()
        return password

    def get_invalid_login_error(self) -> ValidationError:
        """Says how many tries are left, for every user name alike, so that it does not tell which exist."""
        message = str(self.error_messages["invalid_login"])
        left = settings.AXES_FAILURE_LIMIT - (getattr(self.request, "axes_failures_since_start", None) or 0)
        if 0 < left < settings.AXES_FAILURE_LIMIT:
            message += f"还可以再试 {left} 次。"
        return ValidationError(message, code="invalid_login")


class OwnPasswordForm(forms.Form):
    old_password = forms.CharField(
        label="原密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new_password1 = forms.CharField(
        label="新密码",
        strip=False,
        max_length=LONGEST_PASSWORD,
        help_text="至少 10 个字符，不能全是数字，不能是常见密码，也不要与姓名、用户名相近。",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    new_password2 = forms.CharField(
        label="再输一次新密码",
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old_password(self) -> str:
        old = self.cleaned_data["old_password"]
        if not self.user.check_password(old):
            raise ValidationError("原密码不正确")
        return old

    def clean_new_password2(self) -> str:
        again = self.cleaned_data["new_password2"]
        if again != self.cleaned_data.get("new_password1", again):
            raise ValidationError("两次输入的新密码不一致")
        return again
