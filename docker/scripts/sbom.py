"""
Write the bill of materials of an image as SPDX 2.3 in JSON: Debian's packages, Python's, StaMPS, SNAP.

It needs nothing but Python itself, since it runs inside the image that it describes.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import Distribution, distributions
from pathlib import Path
from urllib.parse import quote

ROOT_ID = "SPDXRef-image"
UNKNOWN = "NOASSERTION"
DPKG_FIELDS = ("Package", "Version", "Architecture", "Maintainer")


def package(spdx_id: str, name: str, version: str, *, licence: str = UNKNOWN, purl: str = "") -> dict[str, object]:
    """Return one package; it has no download location, since it was found installed."""
    found: dict[str, object] = {
        "SPDXID": spdx_id,
        "name": name,
        "versionInfo": version,
        "downloadLocation": UNKNOWN,
        "filesAnalyzed": False,
        "licenseConcluded": UNKNOWN,
        "licenseDeclared": licence,
        "copyrightText": UNKNOWN,
    }
    if purl:
        reference = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}
        found["externalRefs"] = [reference]
    return found


def spdx_id(kind: str, name: str) -> str:
    """Return an identifier in the characters that SPDX allows."""
    return f"SPDXRef-{kind}-{re.sub(r'[^A-Za-z0-9.]+', '-', name)}"


def of_debian() -> Iterator[dict[str, object]]:
    """Yield the packages that dpkg has installed."""
    form = "\\t".join(f"${{{field}}}" for field in DPKG_FIELDS) + "\\n"
    listed = subprocess.run(
        ["dpkg-query", "--show", f"--showformat={form}"], capture_output=True, text=True, check=True
    )
    for line in sorted(listed.stdout.splitlines()):
        name, version, architecture, maintainer = line.split("\t")
        purl = f"pkg:deb/debian/{quote(name)}@{quote(version, safe='')}?arch={architecture}"
        row = package(spdx_id("deb", f"{name}-{architecture}"), name, version, purl=purl)
        match = re.fullmatch(r"(.+?) <(\S+)>", maintainer)
        yield {**row, "supplier": f"Organization: {match[1]} ({match[2]})" if match else UNKNOWN}


def of_python() -> Iterator[dict[str, object]]:
    """Yield the Python packages of this interpreter; Debian's own are told by dpkg."""
    for found in sorted(distributions(), key=lambda found: found.name.lower()):
        if "dist-packages" in str(found.locate_file("")):
            continue
        purl = f"pkg:pypi/{re.sub(r'[-_.]+', '-', found.name).lower()}@{found.version}"
        yield package(spdx_id("pypi", found.name), found.name, found.version, licence=licence_of(found), purl=purl)


def licence_of(found: Distribution) -> str:
    """Return the SPDX expression that a package declares; older ones have only free text, which is no expression."""
    return found.metadata.get("License-Expression") or UNKNOWN


def of_stamps(home: Path) -> dict[str, object]:
    """Return StaMPS, whose version stands in its main function."""
    text = (home / "matlab" / "stamps.m").read_text(encoding="utf-8", errors="replace")
    match = re.search(r"StaMPS/MTI Version\s+(\S+)", text)
    return package("SPDXRef-stamps", "StaMPS", match[1] if match else UNKNOWN, licence="GPL-3.0-only")


def of_snap(home: Path) -> dict[str, object]:
    """Return ESA SNAP, whose version stands in a file of its own, if it has brought one."""
    told = home / "VERSION.txt"
    words = told.read_text(encoding="utf-8", errors="replace").split() if told.is_file() else []
    return package("SPDXRef-snap", "ESA SNAP", words[0] if words else UNKNOWN)


def document(name: str, packages: Iterable[dict[str, object]]) -> dict[str, object]:
    """Return the whole document; its namespace is a digest of its content."""
    rows = list(packages)
    digest = hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
    now = int(os.environ.get("SOURCE_DATE_EPOCH") or datetime.now(UTC).timestamp())
    image = package(ROOT_ID, name, digest[:12])
    contains = [
        {"spdxElementId": ROOT_ID, "relationshipType": "CONTAINS", "relatedSpdxElement": row["SPDXID"]} for row in rows
    ]
    describes = {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": ROOT_ID}
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name,
        "documentNamespace": f"https://spdx.org/spdxdocs/{name}-{digest}",
        "creationInfo": {
            "created": f"{datetime.fromtimestamp(now, UTC):%Y-%m-%dT%H:%M:%SZ}",
            "creators": ["Tool: snapstamps-sbom"],
        },
        "packages": [image, *rows],
        "relationships": [describes, *contains],
    }


def main(argv: list[str] | None = None) -> None:
    """Write the document where the first word says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--stamps", type=Path)
    parser.add_argument("--snap", type=Path)
    words = parser.parse_args(argv)
    packages = [*of_debian(), *of_python()]
    packages += [of_stamps(words.stamps)] if words.stamps else []
    packages += [of_snap(words.snap)] if words.snap else []
    words.target.parent.mkdir(parents=True, exist_ok=True)
    words.target.write_text(json.dumps(document(words.name, packages), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
