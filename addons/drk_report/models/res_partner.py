from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _drk_recipient_lines(self, company):
        """Hook: the address as it stands in the window of a letter (DIN 5008: up to six lines).

        :param company: ``res.company`` that writes; its own country is not named
        :return: list of str
        """
        self.ensure_one()
        country = self.country_id if self.country_id != company.sudo().country_id else self.country_id.browse()
        lines = [
            *self._drk_recipient_names(),
            self.street,
            self.street2,
            " ".join(filter(None, (self.zip, self.city))),
            country.with_context(lang="de_DE").name and country.with_context(lang="de_DE").name.upper(),
        ]
        return [line for line in lines if line]

    def _drk_recipient_names(self):
        """Hook: the lines above the street."""
        employer = self.parent_id.name if self.parent_id.is_company else False
        return [line for line in (employer, self.name) if line]
