{
    "name": "DRK test: seats without guards",
    "summary": "Negative control of the race test: the lock and the counter on the shared row are switched off. Never install it.",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "DRK suite contributors",
    "category": "Hidden",
    "depends": ["drk_ktv"],
    "installable": True,
}
