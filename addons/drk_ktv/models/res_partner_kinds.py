from odoo import models


class ResPartner(models.Model):
    """Who takes part in courses, and who teaches."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def _drk_person_kinds(self):
        kinds = super()._drk_person_kinds()
        # sudo: the kind is read for rules and locks, and shown to nobody
        registrations_sudo = self.env["event.registration"].sudo().with_context(active_test=False)
        instructors_sudo = self.env["drk.instructor"].sudo().with_context(active_test=False)
        domain = [("drk_participant_id", "in", self.ids)]
        for (partner,) in registrations_sudo._read_group(domain, ["drk_participant_id"]):
            kinds[partner.id].add("participant")
        for (partner,) in instructors_sudo._read_group([("partner_id", "in", self.ids)], ["partner_id"]):
            kinds[partner.id].add("lecturer")
        return kinds
