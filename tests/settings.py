"""Settings of the suite: the product's own, with a cheap hasher, a folder of its own and plain static files."""

import os
import tempfile

# Each xdist worker gets its own folder, so that nothing reaches the developer's var/.
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="shezhan-test-")

from config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
