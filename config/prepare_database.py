"""Odoo shell: the first company sits in Germany and counts in euro before any other add-on is installed."""

company = env.ref("base.main_company")
env.ref("base.EUR").active = True
company.write({"country_id": env.ref("base.de").id, "currency_id": env.ref("base.EUR").id})
env.ref("base.user_admin").write({"lang": "de_DE", "tz": "Europe/Berlin"})
env.ref("base.partner_root").write({"lang": "de_DE", "tz": "Europe/Berlin"})
env["ir.default"].set("res.partner", "lang", "de_DE")
env["ir.default"].set("res.partner", "tz", "Europe/Berlin")
env.cr.commit()
