"""Looks for secrets in what would be committed (keys, tokens, passwords), and for addresses in lock files."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOO_BIG = 2_000_000
# What a secret looks like. Words of tests and manuals stay below these lengths on purpose.
OURS = "SECRET_KEY|FIELD_KEYS|BLIND_INDEX_KEY"
SHAPES = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "an access key of a cloud": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token of a code host": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,}|glpat-[A-Za-z0-9_-]{20,})",
    "a token of a chat or mail service": r"\b(?:xox[abprs]-[A-Za-z0-9-]{20,}|SG\.[\w-]{20,}\.[\w-]{30,})",
    "a payment key": r"\b[sr]k_live_[A-Za-z0-9]{20,}",
    "a password in an address": r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"<>{}]+:(?!word@|secret@|\$|\{)[^\s/:@'\"<>{}]{6,}@",
    "a key of this product": rf"\b(?:{OURS})\b['\"]?\s*[=:]\s*f?['\"]?(?:\w+:)?[A-Za-z0-9+/_-]{{32,}}",
    "a long password": r"(?i)\b(?:password|passwd|api_key|token)\b['\"]?\s*[=:]\s*['\"][A-Za-z0-9+/_=-]{32,}['\"]",
}
PATTERNS = {name: re.compile(shape) for name, shape in SHAPES.items()}
LOCKS = {
    "requirements.lock": re.compile(r"https?://|file:|--(?:extra-)?index-url|--find-links| @ "),
    "package-lock.json": re.compile(r'"resolved"'),
}


def tracked(root: Path) -> Iterator[Path]:
    """Give every file that git holds or would take up."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    yield from (root / name for name in names.split("\0") if name)


def _readable(path: Path) -> str:
    if not path.is_file() or path.stat().st_size > TOO_BIG:
        return ""
    data = path.read_bytes()
    return "" if b"\0" in data else data.decode(errors="replace")


def secrets_in(text: str) -> Iterator[tuple[int, str]]:
    """Give line and kind of everything in ``text`` that looks like a secret; never the secret itself."""
    for number, line in enumerate(text.splitlines(), 1):
        for name, pattern in PATTERNS.items():
            if pattern.search(line):
                yield number, name


def scan(root: Path) -> list[str]:
    """Return one line for each thing that looks like a secret, and for each address in a lock file."""
    found = []
    for path in tracked(root):
        text, place = _readable(path), path.relative_to(root)
        found += [f"{place}:{line}: looks like {name}" for line, name in secrets_in(text)]
        if (address := LOCKS.get(str(place))) and address.search(text):
            found.append(f"{place}: holds an address. Run: make lock")
    return found


def main() -> None:
    found = scan(ROOT)
    if found:
        print("\n".join(found))
        sys.exit("Take it out and replace it wherever it is in use; what was once committed is known.")


if __name__ == "__main__":
    main()
