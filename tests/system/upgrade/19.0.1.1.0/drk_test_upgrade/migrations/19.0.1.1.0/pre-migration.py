from openupgradelib import openupgrade


@openupgrade.migrate()
def migrate(env, version):
    openupgrade.rename_fields(env, [("drk.test.upgrade", "drk_test_upgrade", "note", "remark")])
