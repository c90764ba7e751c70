"""Which files of node_modules are served: those that pages use, and no other.

Not only for size: some files of the kit name source maps and images that its package does not hold, on which the
manifest storage fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.files.storage import Storage

# The .map files stay because the .min files name them.
VENDOR_FILES = {
    "vendor/tabler": {"css/tabler.min.css", "css/tabler.min.css.map", "js/tabler.min.js", "js/tabler.min.js.map"},
    "vendor/echarts": {"echarts.min.js"},
    "vendor/htmx": {"htmx.min.js"},
    "vendor/idb": {"umd.js"},
}


class VendorFinder(FileSystemFinder):
    """The files of static/ and those few of node_modules."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for path, storage in super().list(ignore_patterns):
            prefix = getattr(storage, "prefix", None)
            if prefix not in VENDOR_FILES or path in VENDOR_FILES[prefix]:
                yield path, storage
