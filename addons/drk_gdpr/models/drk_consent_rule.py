from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from .drk_consent_channel import WEB_CHANNEL


class DrkConsentRule(models.Model):
    """When an association counts people as informed by itself (GDPR Art. 6(1)(b)); a consent is never made by a rule."""

    _name = "drk.consent.rule"
    _description = "Automatic Information"
    _inherit = ["drk.association.mixin"]
    _order = "sequence, id"
    _rec_name = "trigger"

    trigger = fields.Selection(
        [
            ("create_participant", "When a participant is created"),
            ("create_lecturer", "When a lecturer is created"),
            ("create_address", "When another address is created"),
            ("create_contact", "When a contact person is created"),
            ("create_user", "When a user is created"),
        ],
        string="Occasion",
        required=True,
        readonly=True,
    )
    sequence = fields.Integer(compute="_compute_sequence", store=True)
    is_on = fields.Boolean(string="Automatic")
    channel_id = fields.Many2one(
        "drk.consent.channel", string="Received via", domain=[("key", "!=", WEB_CHANNEL)], ondelete="restrict"
    )

    _trigger_unique = models.Constraint("UNIQUE(company_id, trigger)", "Each occasion has one rule.")

    @api.depends("trigger")
    def _compute_sequence(self):
        order = self._fields["trigger"].get_values(self.env)
        for rule in self:
            rule.sequence = order.index(rule.trigger) if rule.trigger in order else len(order)

    @api.constrains("is_on", "channel_id")
    def _check_channel(self):
        for rule in self.filtered("is_on"):
            if not rule.channel_id or rule.channel_id.key == WEB_CHANNEL:
                raise ValidationError(self.env._("Choose a channel for each automatic entry."))

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _of_association(self, company):
        """Return one rule per occasion, creating those that are missing (switched off)."""
        rules_sudo = self.sudo()  # nobody else makes rules; who may change them is a matter of the access rights
        existing = rules_sudo.search([("company_id", "=", company.id)])
        triggers = dict(self._fields["trigger"]._description_selection(self.env))
        missing = [trigger for trigger in triggers if trigger not in existing.mapped("trigger")]
        existing += rules_sudo.create([{"company_id": company.id, "trigger": trigger} for trigger in missing])
        return existing.sorted().with_env(self.env)

    @api.model
    @tools.ormcache("company_id", "trigger")
    def _channel_id(self, company_id, trigger):
        """Return the number of the channel of a rule that is switched on, else ``False``; bookings ask without a query."""
        domain = [("company_id", "=", company_id), ("trigger", "=", trigger), ("is_on", "=", True)]
        return self.sudo().search(domain, limit=1).channel_id.id
