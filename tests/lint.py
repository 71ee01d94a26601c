"""Checks that no ready-made linter has: XML files are well-formed, translations complete, no forbidden words or hosts.

Exits 1 and names each place when something is found.
"""

import subprocess
import sys
from pathlib import Path

import polib
from lxml import etree

ROOT = Path(__file__).resolve().parent.parent
# A page, mail or PDF must not ask these; texts that explain the rule stand in the tests and in docs.
FOREIGN = ("googleapis", "gstatic", "cdn.jsdelivr", "cdnjs", "unpkg.com")


def tracked(*patterns):
    """Files of the working tree that are or would be tracked; all files when there is no git."""
    try:
        words = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-co", "--exclude-standard", "--", *patterns]
        names = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
        return [ROOT / name for name in names if (ROOT / name).is_file()]
    except (OSError, subprocess.CalledProcessError):
        return [path for pattern in patterns for path in ROOT.glob(f"**/{pattern}")]


def check_xml():
    for path in tracked("*.xml", "*.svg"):
        try:
            etree.parse(str(path))
        except etree.XMLSyntaxError as error:
            yield f"{path.relative_to(ROOT)}: {error}"


def check_translations():
    for path in tracked("*/i18n/de.po"):
        catalogue = polib.pofile(str(path))
        for entry in catalogue.untranslated_entries() + catalogue.fuzzy_entries():
            yield f"{path.relative_to(ROOT)}: no German for {entry.msgid!r}"


def check_hosts():
    for path in tracked("addons/*.xml", "addons/*.scss", "addons/*.css", "addons/*.js", "addons/*.py"):
        if "/tests/" in path.as_posix():
            continue
        for line in path.read_text(errors="replace").splitlines():
            removes = "<xpath" in line and 'position="replace" />' in line
            for host in () if removes else FOREIGN:
                if host in line:
                    yield f"{path.relative_to(ROOT)}: names the foreign host {host}"


def main():
    findings = [*check_xml(), *check_translations(), *check_hosts()]
    print("\n".join(findings), end="\n" if findings else "")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
