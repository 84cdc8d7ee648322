"""A library written to a folder."""

import os


def write(texts, folder):
    """Write files by their relative paths; return the folder as a command takes it."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return os.fspath(folder)
