from odoo import api, models, tools
from odoo.tools import format_datetime

from .res_partner_template import LETTER_ZONE

PARTNER = "res.partner"
UNLOGGED = ("binary", "properties", "one2many")


class AuditlogRule(models.Model):
    """The field log (Feldprotokoll) of people: only of associations that switched it on, only what tells about a person."""

    _inherit = "auditlog.rule"

    @api.model
    @tools.ormcache()
    def _drk_logged_fields(self):
        """Return the stored fields of a person on the access sheet; what needs a right of its own is not repeated here."""
        domain = [("model", "=", PARTNER), ("is_personal", "=", True), ("on_sheet", "=", True)]
        rows = self.env["drk.inventory.field"].sudo().search(domain)  # names of fields, no values
        known = self.env[PARTNER]._fields
        fields = [known[name] for name in rows.mapped("field") if name in known]
        return [field.name for field in fields if field.store and not field.groups and field.type not in UNLOGGED]

    @api.model
    def get_auditlog_fields(self, model):
        if model._name != PARTNER:
            return super().get_auditlog_fields(model)
        return self._drk_logged_fields()

    def create_logs(self, uid, res_model, res_ids, method, *args, **kwargs):
        if res_model == PARTNER:
            res_ids = self.env[PARTNER].sudo().browse(res_ids).exists()._drk_logged().ids
            if not res_ids:
                return None
        return super().create_logs(uid, res_model, res_ids, method, *args, **kwargs)

    def _prepare_log_line_vals_on_write(self, log_vals, field, old_values, new_values):
        vals = super()._prepare_log_line_vals_on_write(log_vals, field, old_values, new_values)
        if field["model"] == PARTNER:
            vals |= {
                f"{side}_value_text": self._drk_readable(field["name"], vals[f"{side}_value"])
                for side in ("old", "new")
            }
        return vals

    def _drk_readable(self, name, value):
        """Return a value as people read it: the name of a link, the label of a choice, local time."""
        field = self.env[PARTNER]._fields[name]
        if not value and field.type != "boolean":
            return False
        if field.type == "many2one":
            return value[1] if isinstance(value, tuple) else value
        if field.type == "many2many":
            return ", ".join(self.env[field.comodel_name].browse(value).exists().mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "datetime":
            return format_datetime(self.env, value, tz=self.env.user.tz or LETTER_ZONE, dt_format="short")
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        return value

    @api.model
    def _drk_sync(self):
        """Log the changes of people as soon as one association wants it, and not a moment longer."""
        wanted = self.env["res.company"].sudo().search_count([("drk_field_log", "=", True)], limit=1)
        rule_sudo = self.sudo().search([("model_id.model", "=", PARTNER)])  # the switch decides, not who may edit rules
        if wanted and not rule_sudo:
            rule_sudo = self.sudo().create(self._prepare_drk_rule())
        if wanted and rule_sudo.state != "confirmed":
            rule_sudo.state = "confirmed"
        elif not wanted and rule_sudo.state == "confirmed":
            rule_sudo.set_to_draft()

    @api.model
    def _prepare_drk_rule(self):
        """Hook: values of the rule; deletions are logged as a fact, without values."""
        return {
            "name": "DRK: res.partner",
            "model_id": self.env["ir.model"]._get_id(PARTNER),
            "log_type": "full",
            "log_read": False,
            "log_create": False,
            "log_export_data": False,
            "capture_record": False,
        }
