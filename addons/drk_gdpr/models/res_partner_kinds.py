from odoo import models


class ResPartner(models.Model):
    """What a person is to the association: the screens of data protection treat the kinds apart."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def _drk_person_kinds(self):
        """Hook: return what these people are; add-ons add kinds of their own.

        :return: dict of partner number to set of ``participant``, ``company``, ``contact``, ``lecturer``, ``address``, ``user``
        """
        kinds = {partner.id: set() for partner in self}
        for partner in self.sudo():  # sudo: the kind is read for rules and locks, and shown to nobody
            if partner.with_context(active_test=False).user_ids:
                kinds[partner.id].add("user")
            if partner.is_company:
                kinds[partner.id].add("company")
            elif partner.parent_id.is_company:
                kinds[partner.id].add("contact")
        return kinds
