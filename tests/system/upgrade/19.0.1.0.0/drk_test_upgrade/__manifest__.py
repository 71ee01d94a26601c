{
    "name": "DRK test: upgrade",
    "summary": "An add-on with two versions and a migration, for the test of the upgrade. Never install it.",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "DRK suite contributors",
    "category": "Hidden",
    "depends": ["base"],
    "data": ["security/ir.model.access.csv"],
    "installable": True,
}
