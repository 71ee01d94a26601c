from odoo import api, models
from odoo.fields import Domain

ANY = [("active", "in", (True, False))]


class ResPartner(models.Model):
    """Who teaches is a lecturer; who books is a participant, whatever else they are."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _drk_person_kind_domain(self, kind):
        domain = super()._drk_person_kind_domain(kind)
        teaches = Domain("drk_instructor_ids", "any", ANY)
        if kind == "lecturer":
            return domain | teaches
        if kind == "participant":
            return Domain("drk_registration_ids", "any", ANY) | domain & ~teaches
        return domain
