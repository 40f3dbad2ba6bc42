"""Service packages: read, checked, and kept by version."""

from satu.services.packages.files import COMPILED, files_of, version_of
from satu.services.packages.loader import SCHEMA, Loader
from satu.services.packages.versions import (
    keep_version,
    package_at,
    process_of,
    the_knowledge,
    the_package,
    the_packages,
)

__all__ = [
    "COMPILED",
    "SCHEMA",
    "Loader",
    "files_of",
    "keep_version",
    "package_at",
    "process_of",
    "the_knowledge",
    "the_package",
    "the_packages",
    "version_of",
]
