from odoo import api, fields, models
from odoo.exceptions import ValidationError


class EventRegistration(models.Model):
    """What a booking knows of other people: who pays from which account, who belongs to the family."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    drk_reduction_id = fields.Many2one(
        "drk.reduction", string="Reason of the reduction", ondelete="restrict", index="btree_not_null"
    )
    drk_payer_address = fields.Char(string="Invoice address", compute="_compute_drk_payer_address")
    drk_payer_bank_id = fields.Many2one(
        "res.partner.bank",
        string="Account of the payer",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
        groups="drk_gdpr.group_drk_gdpr_bank",
    )
    drk_family_ids = fields.Many2many(
        "res.partner",
        string="Partner and children",
        compute="_compute_drk_family_ids",
        groups="drk_gdpr.group_drk_gdpr_user",
    )

    @api.depends("drk_payer_id", "partner_id", "drk_participant_id")
    @api.depends_context("uid")
    def _compute_drk_payer_address(self):
        payers = {registration: registration._drk_payer() for registration in self}
        hidden = self.env["res.partner"].union(*payers.values())._drk_nameless()
        for registration, payer in payers.items():
            lines = payer._drk_recipient_lines(registration.company_id) if payer - hidden else []
            registration.drk_payer_address = ", ".join(lines)

    @api.depends("drk_participant_id")
    @api.depends_context("uid")
    def _compute_drk_family_ids(self):
        """A restricted person has no family here, and is in none: both would tell who they are."""
        people = self.drk_participant_id - self.drk_participant_id._drk_nameless()
        homes = people.drk_member_ids.filtered("is_current").household_id
        for registration in self:
            person = registration.drk_participant_id & people
            own = homes & person.drk_member_ids.filtered("is_current").household_id
            family = own.current_member_ids.partner_id | person._drk_guardians() | person._drk_wards()
            registration.drk_family_ids = family - person - family._drk_nameless()

    @api.constrains("drk_reduction_id", "drk_payer_bank_id", "drk_payer_id")
    def _check_drk_payer_facts(self):
        for registration in self.sudo():  # whose account it is, whoever may read accounts
            account = registration.drk_payer_bank_id
            if account and account.partner_id != registration._drk_payer():
                raise ValidationError(self.env._("The account belongs to somebody else than the payer."))
            reduction = registration.drk_reduction_id
            if reduction and reduction.company_id != registration.company_id:
                raise ValidationError(self.env._("The reduction belongs to another association."))
