from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

ERASURE_GROUP = "drk_gdpr.group_drk_gdpr_erasure"
MANAGER_GROUP = "drk_base.group_drk_base_manager"


class DrkErasureGrant(models.Model):
    """Who may anonymise: granted by the association itself, to people who were instructed (D-ANO-4, D-ANO-5)."""

    _name = "drk.erasure.grant"
    _description = "Right to anonymise"
    _inherit = ["drk.association.mixin"]
    _order = "id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        required=True,
        ondelete="cascade",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    is_instructed = fields.Boolean(
        string="The person was instructed",
        help="What is anonymised cannot be brought back. I confirm that the person knows that and how it is done.",
    )
    granted_by_id = fields.Many2one(
        "res.users", string="Granted by", required=True, readonly=True, default=lambda self: self.env.user
    )
    granted_on = fields.Date(required=True, readonly=True, default=fields.Date.context_today)
    revoked_on = fields.Date(readonly=True)
    revoked_by_id = fields.Many2one("res.users", string="Revoked by", readonly=True)

    _user_once = models.UniqueIndex(
        "(company_id, user_id) WHERE revoked_on IS NULL", "This user has the right already."
    )

    @api.constrains("is_instructed", "user_id")
    def _check_grant(self):
        for grant in self:
            if not grant.is_instructed:
                raise ValidationError(self.env._("Please confirm that the person was instructed."))
            user_sudo = grant.user_id.sudo()  # whether a user works here tells a manager nothing new
            if user_sudo.share or grant.company_id not in user_sudo.company_ids:
                raise ValidationError(self.env._("Only members of staff of the association can get this right."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals |= {"granted_by_id": self.env.uid, "granted_on": fields.Date.context_today(self)}
            vals |= {"revoked_on": False, "revoked_by_id": False}
        grants = super().create(vals_list)
        # sudo: the manager grants exactly this group, to staff of the own association (constraint, rule)
        grants.user_id.sudo().write({"group_ids": [fields.Command.link(self.env.ref(ERASURE_GROUP).id)]})
        return grants

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("A grant is not changed: revoke it and grant anew."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Grants are kept as a proof. Revoke the right instead."))

    @api.model
    def _check_associations(self, companies):
        """Refuse what the user was granted for other associations only; who got the right elsewhere has no grants.

        :param companies: ``res.company``
        :raise AccessError: when an association of these granted nothing, but another one did
        """
        if self.env.su:
            return
        # sudo: one's own grants
        granted = self.sudo().search([("user_id", "=", self.env.uid), ("revoked_on", "=", False)]).company_id
        if granted and companies - granted:
            raise AccessError(self.env._("The right “Anonymisation” was granted to you for another association."))

    def action_revoke(self):
        """Take the right away."""
        self.check_access("create")  # who may grant may revoke
        open_grants = self.filtered(lambda grant: not grant.revoked_on).sudo()  # the table is append-only for its users
        open_grants.write({"revoked_on": fields.Date.context_today(self), "revoked_by_id": self.env.uid})
        for grant in open_grants:
            elsewhere = self.sudo().search_count(
                [("user_id", "=", grant.user_id.id), ("revoked_on", "=", False)], limit=1
            )
            if not elsewhere:
                grant.user_id.write({"group_ids": [fields.Command.unlink(self.env.ref(ERASURE_GROUP).id)]})
