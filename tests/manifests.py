"""Small questions of the test run about the add-ons and its own files.

manifests.py --foreign ADDON …    the add-ons that these stand on and that are not ours, joined by commas
manifests.py --split 0|1 ADDON …  test files in two shares of about the same size, one path a line
manifests.py --merge FILE …       records of requirements of several test processes as one
"""

import ast
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def manifest(addon):
    return ast.literal_eval((ROOT / "addons" / addon / "__manifest__.py").read_text())


def foreign(addons):
    depends = {name for addon in addons for name in manifest(addon)["depends"]}
    return ",".join(sorted(depends - set(addons)))


def test_files(addons):
    folders = [ROOT / "addons" / addon / "tests" for addon in addons] + [ROOT / "tests" / "odoo"]
    return [path for folder in folders for path in sorted(folder.glob("test_*.py"))]


def split(share, addons):
    """Shares by size, the largest file first, so that two processes end at about the same time."""
    sizes, shares = [0, 0], ([], [])
    for path in sorted(test_files(addons), key=lambda path: -path.stat().st_size):
        smaller = sizes.index(min(sizes))
        sizes[smaller] += path.stat().st_size
        shares[smaller].append(path)
    return "\n".join(str(path.relative_to(ROOT)) for path in sorted(shares[share]))


def merge(files):
    merged = {}
    for path in map(Path, files):
        if path.exists():
            for requirement, tests in json.loads(path.read_text()).items():
                merged[requirement] = sorted(set(merged.get(requirement, []) + tests))
    return json.dumps(merged, indent=1, sort_keys=True)


def main(words):
    match words:
        case ["--foreign", *addons]:
            print(foreign(addons))
        case ["--split", share, *addons]:
            print(split(int(share), addons))
        case ["--merge", *files]:
            print(merge(files))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
