"""Reads names of modules from standard input, prints "name version folder" of each that is on the addons path.

python module_versions.py SETTINGS: Odoo's file of settings, which names the path.
"""

import sys

import odoo.tools
from odoo.modules.module import Manifest, initialize_sys_path

odoo.tools.config.parse_config(["-c", sys.argv[1]])
initialize_sys_path()
for name in sys.stdin.read().split():
    manifest = Manifest.for_addon(name, display_warning=False)
    if manifest:
        print(name, manifest.version, manifest.path)
