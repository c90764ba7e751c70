"""Settings of the suite: the product's own, with a cheap hasher, a folder of its own and plain static files."""

import atexit
import os
import shutil
import tempfile
from urllib.parse import urlsplit

# Each xdist worker gets its own folder, so that nothing reaches the developer's var/, and its own queue.
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="shezhan-test-")
atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
broker = urlsplit(os.environ.get("CELERY_BROKER_URL", ""))
if broker.scheme == "redis":
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1
    os.environ["CELERY_BROKER_URL"] = broker._replace(path=f"/{number}").geturl()

from config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
