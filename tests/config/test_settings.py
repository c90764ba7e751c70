"""What a deployment sets in its environment."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

DEPLOYED = {
    "SECRET_KEY": "a-new-secret-of-fifty-characters-and-more-0123456789-abcdef",
    "ALLOWED_HOSTS": "shezhan.example.gov.cn",
    "HTTPS": "1",
    "BEHIND_PROXY": "1",
}


@pytest.fixture
def run(tmp_path):
    """Run Python in a process that knows only a deployment's environment."""

    def run(*arguments: str, **environment: str) -> str:
        known = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), **DEPLOYED, **environment}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env=known,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    return run


def test_former_secrets_are_read_and_none_is_the_default(run):
    read = ("-c", "from config import settings; print(settings.SECRET_KEY_FALLBACKS)")
    assert run(*read).strip() == "[]"
    assert run(*read, SECRET_KEY_FALLBACKS="before,long-before").strip() == "['before', 'long-before']"


def test_the_deployment_check_names_only_what_the_owner_of_the_domain_decides(run):
    """W005 and W021: whether every other site of the domain has https too is not ours to say."""
    said = run("manage.py", "check", "--deploy")
    assert set(re.findall(r"\((\w+\.\w+)\)", said)) == {"security.W005", "security.W021"}
