"""Writes the manifest of a built image to standard output: sizes, sha256 and what it was built from, as JSON."""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
from pathlib import Path

FLASH_BYTES = (1024 - 128) * 1024
"""Flash of the Pico below a deployed application and its file system (mpconfigboard.h)."""
RAM_BYTES = 256 * 1024 + 2 * 4096


def origins(listing: Path) -> dict[str, dict[str, str]]:
    """Name, version and sha256 of everything the image was built from."""
    rows = (line.split() for line in listing.read_text().splitlines())
    return {name: {"version": version, "sha256": digest} for name, version, digest in rows}


def memory(size_tool: str, elf: Path) -> dict[str, int]:
    """Flash and static RAM of the image, bytes; what is left of RAM is MicroPython's heap."""
    output = subprocess.run([size_tool, "-B", elf], capture_output=True, text=True, timeout=60, check=True).stdout
    text, data, bss = (int(field) for field in output.splitlines()[1].split()[:3])
    return {
        "flash_used": text + data,
        "flash_available": FLASH_BYTES,
        "ram_static": data + bss,
        "ram_available": RAM_BYTES,
    }


def described(files: list[Path]) -> dict[str, dict[str, int | str]]:
    """Size and sha256 of the files a user gets."""
    return {
        path.name: {"bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in files
    }


def main() -> None:
    """Describe the image named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--version", required=True)
    parser.add_argument("--origins", type=Path, required=True)
    parser.add_argument("--elf", type=Path, required=True)
    parser.add_argument("--size", required=True, help="the toolchain's size program")
    parser.add_argument("files", type=Path, nargs="+")
    options = parser.parse_args()
    manifest = {
        "firmware": options.version,
        "files": described(options.files),
        "memory": memory(options.size, options.elf),
        "sources": origins(options.origins),
    }
    json.dump(manifest, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
