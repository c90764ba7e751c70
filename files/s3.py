"""The bucket of an S3-compatible store, for STORAGES["default"] when S3_BUCKET is set (config.media)."""

from __future__ import annotations

from typing import Any

from botocore.config import Config
from storages.backends.s3 import S3Storage

MEGABYTE = 1024 * 1024


class PrivateS3Storage(S3Storage):
    """A private bucket: no address of it is ever handed out, files.views reads it for who may."""

    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(),
            "default_acl": None,
            "file_overwrite": False,
            "max_memory_size": 2 * MEGABYTE,  # beyond it a file that is being read lies on disk
        }

    def __init__(self, *, addressing_style: str = "auto", **options: Any) -> None:
        # The newer check sums are unknown to many stores that are otherwise compatible with S3.
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": addressing_style},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            connect_timeout=5,
            read_timeout=30,
            retries={"max_attempts": 3},
        )
        super().__init__(client_config=config, **options)

    def url(self, *args: Any, **kwargs: Any) -> str:
        raise NotImplementedError("stored files have no public address")
