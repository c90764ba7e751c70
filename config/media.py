"""Where attachments are stored: under var/, or in a bucket that speaks S3 when S3_BUCKET is set."""

from __future__ import annotations

from typing import Any

import environ


def attachment_storage(env: environ.Env) -> dict[str, Any]:
    """STORAGES["default"]. A bucket without its keys is refused at the start, not at the first upload."""
    bucket = env("S3_BUCKET", default="")
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    options = {
        "bucket_name": bucket,
        "endpoint_url": env("S3_ENDPOINT_URL", default="") or None,
        "access_key": env("S3_ACCESS_KEY"),
        "secret_key": env("S3_SECRET_KEY"),
        "region_name": env("S3_REGION", default="") or None,
        "location": env("S3_PREFIX", default=""),
        "addressing_style": env("S3_ADDRESSING_STYLE", default="auto"),
    }
    return {"BACKEND": "files.s3.PrivateS3Storage", "OPTIONS": options}
