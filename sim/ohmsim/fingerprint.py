"""What a binding was built from: it is compared with what lies in the tree now."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

SOURCES = ("*.c", "*.h", "*.py")


def fingerprint(folder: Path) -> str:
    """SHA-256 of the names and contents of the C sources in a folder and of the script that binds them."""
    digest = sha256()
    for path in sorted(path for pattern in SOURCES for path in folder.glob(pattern)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
