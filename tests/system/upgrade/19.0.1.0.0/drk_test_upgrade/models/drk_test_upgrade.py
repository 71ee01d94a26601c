from odoo import fields, models


class DrkTestUpgrade(models.Model):
    _name = "drk.test.upgrade"
    _description = "Upgrade test record"
    _order = "id"

    name = fields.Char(required=True)
    note = fields.Char()
