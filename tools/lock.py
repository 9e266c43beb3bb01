"""Rewrite the lock files from pyproject.toml: names, versions and hashes, no hosts. Needs `uv` on the path."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = {"rfc3987-syntax", "lark"}
"""jsonschema finds this IRI checker when it is there, and it compiles a grammar for 1.3 to 1.8 s in every process
that imports nbformat. Without it IRI formats are not checked; nothing here relies on them."""


def lock(target: Path, *arguments: str) -> None:
    options = ("--universal", "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header")
    command = ["uv", "pip", "compile", "-q", *options, "--python-version", "3.11", *arguments, "pyproject.toml"]
    text = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    entries = re.split(r"\n(?=\S)", text.strip())
    kept = [entry for entry in entries if re.split(r"[=<> ]", entry)[0] not in LEFT_OUT]
    target.write_text("\n".join(kept) + "\n", encoding="utf-8")


def main() -> int:
    lock(ROOT / "requirements.lock", "--extra", "setup")
    lock(ROOT / "tests" / "requirements.lock", "--extra", "setup", "--extra", "test", "-c", "requirements.lock")
    return 0


if __name__ == "__main__":
    sys.exit(main())
