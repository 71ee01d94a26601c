from odoo import api, fields, models

from .drk_consent_purpose import PRIVACY
from .res_partner_match import NEW_PERSON


class ResPartner(models.Model):
    """People count as informed by the rules of their association; that is no consent (GDPR Art. 4 no. 11, Art. 7)."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if self.env.context.get("drk_creation") is not NEW_PERSON:  # who books or imports names the occasion itself
            for occasion, people in partners.filtered("drk_is_person").grouped(_occasion).items():
                people._drk_inform(occasion)
        return partners

    def _drk_inform(self, trigger):
        """Note that these people were informed, where a rule says so and nothing was declared yet.

        :param trigger: occasion of ``drk.consent.rule``
        :return: the new ``drk.consent``
        """
        rules = self.env["drk.consent.rule"]
        channels = {}
        for partner in self:
            company = partner.sudo().company_id or self.env.company
            channel_id = rules._channel_id(company.id, trigger)
            if channel_id:
                channels[partner] = channel_id
        if not channels:
            return self.env["drk.consent"]
        return self._drk_write_information(channels, trigger)

    def _drk_write_information(self, channels, trigger):
        purpose = self.env["drk.consent.purpose"]._get(PRIVACY)
        label = dict(self.env["drk.consent.rule"]._fields["trigger"]._description_selection(self.env))[trigger]
        vals_list = []
        for partner, channel_id in channels.items():
            partner_sudo = partner.sudo()  # the rule acts, whatever the user may do with declarations
            if partner_sudo._drk_consent_state_for(PRIVACY) != "missing":
                continue
            company = partner_sudo.company_id or self.env.company
            vals_list.append(
                {
                    "partner_id": partner.id,
                    "purpose_id": purpose.id,
                    "kind": "informed",
                    "channel_id": channel_id,
                    "text_id": self.env["drk.consent.text"]._current(company, purpose, fields.Date.today()).id,
                    "evidence": label,
                    "automatic": True,
                }
            )
        return self.env["drk.consent"].sudo().create(vals_list)


def _occasion(person):
    """What the creation of a person is called in the settings."""
    if not person.is_company and person.parent_id.is_company:
        return "create_contact"
    return "create_address" if person.is_company or person.drk_is_other_address else "create_participant"
