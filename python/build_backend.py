"""Builds the wheel of this package, which is nothing but its files and what pyproject.toml says of them."""
import base64
import hashlib
import re
import tarfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = (HERE / "pyproject.toml").read_text()
VERSION = re.search(r'^version = "(.+)"', PROJECT, re.M)[1]
STEM = f"tern-{VERSION}"


def _metadata():
    needs = re.findall(r'^dependencies = \["(.+)"\]', PROJECT, re.M)
    extra = re.search(r'\{sklearn = \["(.+)"\]\}', PROJECT)[1]
    lines = [
        "Metadata-Version: 2.1",
        "Name: tern",
        f"Version: {VERSION}",
        f"Summary: {re.search('description = .(.+).$', PROJECT, re.M)[1]}",
        "License: MIT",
        "Requires-Python: " + re.search('requires-python = "(.+)"', PROJECT)[1],
        *(f"Requires-Dist: {need}" for need in needs),
        "Provides-Extra: sklearn",
        f'Requires-Dist: {extra}; extra == "sklearn"',
        "Description-Content-Type: text/markdown",
        "",
        (HERE / "README.md").read_text(),
    ]
    return "\n".join(lines)


def build_wheel(directory, config_settings=None, metadata_directory=None):
    files = {f"tern/{p.name}": p.read_bytes() for p in sorted((HERE / "tern").glob("*.py"))}
    files[f"{STEM}.dist-info/METADATA"] = _metadata().encode()
    files[
        f"{STEM}.dist-info/WHEEL"
    ] = b"Wheel-Version: 1.0\nGenerator: tern\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = []
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record.append(f"{name},sha256={digest},{len(content)}")
    record.append(f"{STEM}.dist-info/RECORD,,")
    files[f"{STEM}.dist-info/RECORD"] = ("\n".join(record) + "\n").encode()
    wheel = f"{STEM}-py3-none-any.whl"
    with zipfile.ZipFile(Path(directory) / wheel, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in files.items():
            z.writestr(name, content)
    return wheel


def build_sdist(directory, config_settings=None):
    name = f"{STEM}.tar.gz"
    with tarfile.open(Path(directory) / name, "w:gz") as t:
        for path in [
            "pyproject.toml",
            "README.md",
            "build_backend.py",
            *sorted(f"tern/{p.name}" for p in (HERE / "tern").glob("*.py")),
        ]:
            t.add(HERE / path, f"{STEM}/{path}")
    return name
