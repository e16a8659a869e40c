"""Brings other people's browser libraries into chat_static/vendor/, pinned by hash, and proves them untouched.

Without arguments every package below is packed by npm's own client, the named files are copied into a folder whose
name carries the version (so browsers may keep them for ever), and VENDOR.json notes where each came from. npm
compares what it fetched with the registry's integrity; a version that was vendored before must have the same
integrity again. `--check` needs no network: it recomputes every hash. The files are never edited by hand.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "chat_static" / "vendor"
NOTES = "VENDOR.json"
LICENCES = "LICENSES"


@dataclass(frozen=True, slots=True)
class Package:
    """One npm package and the files we take from it.

    What the patterns match is copied without the folders in `strip`. `rewrites` are pairs of texts, the first one
    found exactly once in the package: bare imports need a build step, relative ones do not.
    """

    name: str
    version: str
    patterns: tuple[str, ...]
    licences: tuple[str, ...] = ("LICENSE",)
    strip: tuple[str, ...] = ("dist/",)
    rewrites: tuple[tuple[str, str], ...] = ()

    @property
    def folder(self) -> str:
        """The name of its folder here; a scope ("@owner/") is left out."""
        return f"{self.name.split('/')[0].lstrip('@')}-{self.version}"

    def place(self, file: str) -> str:
        """Return where a file of the package goes, relative to the vendor folder."""
        for prefix in self.strip:
            file = file.removeprefix(prefix)
        return f"{self.folder}/{file}"


# The common build of highlight.js knows 37 languages; these are what people ask models for beyond it.
MORE_LANGUAGES = (
    "clojure", "cmake", "dart", "dockerfile", "elixir", "erlang", "fortran", "groovy", "haskell", "julia", "latex",
    "lisp", "matlab", "nginx", "nix", "ocaml", "powershell", "protobuf", "scala", "vim", "x86asm",
)  # fmt: skip

PACKAGES = (
    Package("marked", "18.2.1", ("lib/marked.esm.js",), strip=("lib/",)),
    Package("dompurify", "3.4.18", ("dist/purify.min.js",), licences=("LICENSE", "LICENSE-MPL")),
    Package(
        "preact",
        "11.2.0",
        ("dist/preact.mjs", "hooks/dist/hooks.mjs"),
        strip=("dist/", "hooks/dist/"),
        rewrites=(('from"preact"', 'from"./preact.mjs"'),),
    ),
    Package("htm", "3.1.1", ("dist/htm.mjs",)),
    Package(
        "@highlightjs/cdn-assets",
        "11.12.0",
        ("es/highlight.min.js", *(f"es/languages/{language}.min.js" for language in MORE_LANGUAGES)),
        strip=("es/",),
    ),
    Package("uplot", "1.6.32", ("dist/uPlot.esm.js", "dist/uPlot.min.css")),
    Package("katex", "0.19.1", ("dist/katex.min.js", "dist/katex.min.css", "dist/fonts/*.woff2")),
)


class VendorError(Exception):
    """What is wrong with a package or with the files here, in a sentence."""


def sha256(content: bytes) -> str:
    """Return the hash in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def chosen(package: Package, unpacked: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each file that we take: its place in the vendor folder, and its content after the rewrites.

    Raises VendorError when a pattern matches nothing, or a text to rewrite is not there exactly once.
    """
    found = {path.relative_to(unpacked).as_posix(): path.read_bytes() for path in matches(package, unpacked)}
    for old, new in package.rewrites:
        holders = [file for file, content in found.items() if old.encode() in content]
        if len(holders) != 1 or found[holders[0]].count(old.encode()) != 1:
            raise VendorError(f"{package.name}: {old!r} is not there exactly once; look at the new version.")
        found[holders[0]] = found[holders[0]].replace(old.encode(), new.encode())
    for file, content in found.items():
        yield package.place(file), content
    for licence in package.licences:
        name = "-".join([package.folder, *licence.split("-")[1:]])
        yield f"{LICENCES}/{name}.txt", (unpacked / licence).read_bytes()


def matches(package: Package, unpacked: Path) -> Iterator[Path]:
    """Yield the files that the patterns name; VendorError for a pattern that names none."""
    for pattern in package.patterns:
        paths = sorted(unpacked.glob(pattern))
        if not paths:
            raise VendorError(f"{package.name} {package.version} has no {pattern}.")
        yield from paths


def pack(package: Package, scratch: Path) -> tuple[str, Path]:
    """Fetch a package with npm; return its integrity as npm tells it, and the folder of its files."""
    line = ["npm", "pack", f"{package.name}@{package.version}", "--json", "--silent"]
    done = subprocess.run(
        [*line, "--pack-destination", str(scratch)], stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode != 0:
        raise VendorError(f"npm could not pack {package.name} {package.version}; what it said is above.")
    answer = json.loads(done.stdout)[0]
    target = scratch / package.folder
    with tarfile.open(scratch / answer["filename"]) as archive:
        archive.extractall(target, filter="data")
    return answer["integrity"], target / "package"


def fetch(packages: Sequence[Package], vendor: Path) -> None:
    """Replace the vendor folder by these packages; it stays as it is when anything goes wrong."""
    known = {(note["name"], note["version"]): note["integrity"] for note in read_notes(vendor)}
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        fresh = scratch / "fresh"
        notes: list[dict[str, Any]] = []
        for package in packages:
            integrity, unpacked = pack(package, scratch)
            if known.get((package.name, package.version), integrity) != integrity:
                raise VendorError(
                    f"{package.name} {package.version} is not what it was; find out why before using it."
                )
            notes.append(copy(package, unpacked, fresh) | {"integrity": integrity})
        (fresh / NOTES).write_text(json.dumps({"packages": notes}, indent=2) + "\n")
        shutil.rmtree(vendor, ignore_errors=True)
        shutil.copytree(fresh, vendor)


def copy(package: Package, unpacked: Path, vendor: Path) -> dict[str, Any]:
    """Write the chosen files of one package; return its note, the integrity still missing."""
    hashes: dict[str, str] = {}
    for place, content in chosen(package, unpacked):
        (vendor / place).parent.mkdir(parents=True, exist_ok=True)
        (vendor / place).write_bytes(content)
        hashes[place] = sha256(content)
    licence = json.loads((unpacked / "package.json").read_text())["license"]
    return {"name": package.name, "version": package.version, "licence": licence, "files": hashes}


def read_notes(vendor: Path) -> list[dict[str, Any]]:
    """Return the notes of VENDOR.json, none when there is no such file."""
    path = vendor / NOTES
    notes: list[dict[str, Any]] = json.loads(path.read_text())["packages"] if path.exists() else []
    return notes


def complaints(packages: Sequence[Package], vendor: Path) -> list[str]:
    """Return a sentence for everything that is not as VENDOR.json and the list of packages say."""
    notes = read_notes(vendor)
    wanted = {(package.name, package.version) for package in packages}
    noted = {(note["name"], note["version"]) for note in notes}
    hashes: Mapping[str, str] = {place: value for note in notes for place, value in note["files"].items()}
    present = {path.relative_to(vendor).as_posix() for path in vendor.rglob("*") if path.is_file()} - {NOTES}
    return [
        *(f"{name} {version} is not vendored; run scripts/vendor." for name, version in sorted(wanted - noted)),
        *(
            f"{name} {version} is vendored but not asked for; run scripts/vendor."
            for name, version in noted - wanted
        ),
        *(f"{place} is missing." for place in sorted(hashes.keys() - present)),
        *(f"{place} is in no package's list." for place in sorted(present - hashes.keys())),
        *(
            f"{place} has been changed."
            for place in sorted(present & hashes.keys())
            if _differs(vendor, place, hashes)
        ),
    ]


def _differs(vendor: Path, place: str, hashes: Mapping[str, str]) -> bool:
    return sha256((vendor / place).read_bytes()) != hashes[place]


def main(arguments: Sequence[str], vendor: Path = VENDOR) -> int:
    """Fetch, or with `--check` compare; return the exit code."""
    if list(arguments) not in ([], ["--check"]):
        print("usage: scripts/vendor [--check]", file=sys.stderr)
        return 2
    try:
        if not arguments:
            fetch(PACKAGES, vendor)
        found = complaints(PACKAGES, vendor)
    except VendorError as error:
        found = [str(error)]
    print("\n".join(found) if found else f"{len(PACKAGES)} packages are as VENDOR.json says.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
