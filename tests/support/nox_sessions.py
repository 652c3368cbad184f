"""The sessions of noxfile.py, as nox lists them, and the Python versions of the classifiers."""

import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@cache
def listed(*, default: bool = False) -> list[dict[str, Any]]:
    """Return what `nox --list --json` tells about all sessions, or about those of a plain `nox`."""
    # A keyword makes nox forget which sessions are the default ones.
    options = [] if default else ["--keywords", "not nothing"]
    done = subprocess.run(
        [sys.executable, "-m", "nox", "--list", "--json", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    sessions: list[dict[str, Any]] = json.loads(done.stdout)
    return sessions


@cache
def classified_versions() -> list[str]:
    """Return the Python versions of the classifiers, the oldest first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    prefix = r"Programming Language :: Python :: (3\.\d+)"
    found = [re.fullmatch(prefix, classifier) for classifier in project["classifiers"]]
    versions = [each[1] for each in found if each]
    return sorted(versions, key=lambda version: int(version.split(".")[1]))
