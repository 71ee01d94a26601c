from odoo import api, fields, models, tools
from odoo.tools import email_normalize
from odoo.tools.misc import hmac

from ..tools import normalize


class DrkBlockEntry(models.Model):
    """Who objected to advertising and was erased, as keyed hashes: known again by the next import, readable by nobody.

    GDPR Art. 21(3) with Art. 17(3)(b): the objection outlives the data it was made with. A hash names mail or postal address of
    one association, so that two associations cannot compare their lists.
    """

    _name = "drk.block.entry"
    _description = "Block entry after an objection to advertising"
    _inherit = ["drk.association.mixin"]
    _order = "id desc"
    _rec_name = "kind"

    kind = fields.Selection([("email", "E-mail address"), ("address", "Postal address")], required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True, help="Keyed hash; the address cannot be read from it.")

    _digest_unique = models.Constraint("UNIQUE(company_id, kind, digest)", "This address is blocked already.")

    @api.model
    def _add(self, partners, kinds=("email", "address")):
        """Remember the addresses of people who objected to advertising; addresses that are there already stay once.

        :param partners: ``res.partner`` of any association
        :param kinds: which of their addresses
        :return: ``drk.block.entry``, the new entries
        """
        wanted = {
            (partner.company_id.id, kind, digest)
            for partner in partners
            for kind, digest in self._digests(
                partner.company_id, partner.email, partner.zip, partner.street, partner.lastname
            )
            if kind in kinds
        }
        known = self.search([("digest", "in", [digest for _company, _kind, digest in wanted])])
        wanted -= {(entry.company_id.id, entry.kind, entry.digest) for entry in known}
        return self.create(
            [{"company_id": company, "kind": kind, "digest": digest} for company, kind, digest in sorted(wanted)]
        )

    @api.model
    def _is_blocked(self, company, email=None, zip_code=None, street=None, lastname=None):
        """Whether advertising must not go to one of these addresses.

        :param company: ``res.company``
        :param email: str or None
        :param zip_code: str or None, counts together with street and last name
        :return: bool
        """
        digests = [digest for _kind, digest in self._digests(company, email, zip_code, street, lastname)]
        # sudo: the answer is one bit about an address the caller already has
        return bool(
            digests and self.sudo().search_count([("company_id", "=", company.id), ("digest", "in", digests)], limit=1)
        )

    @api.model
    @tools.ormcache("company.id")
    def _has_entries(self, company):
        """Whether the association has any entry: most have none, and no booking pays for the question."""
        return bool(self.search_count([("company_id", "=", company.id)], limit=1))

    @api.model
    def _matching(self, company, people):
        """Return those of the people whose addresses are blocked.

        :param company: ``res.company``
        :param people: ``res.partner`` of the association
        :return: ``res.partner``
        """
        return people.filtered(lambda p: self._is_blocked(company, p.email, p.zip, p.street, p.lastname))

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    @api.model
    def _digests(self, company, email, zip_code, street, lastname):
        """Return pairs of kind and digest for what is given."""
        email_key = normalize.email_key(email_normalize(email or "", strict=False))
        address_key = normalize.address_key(zip_code, street)
        name_key = normalize.name_key(lastname) if lastname else ""
        keys = {
            "email": email_key,
            "address": f"{address_key}|{name_key}" if address_key and name_key else "",
        }
        return [(kind, self._digest(company, kind, key)) for kind, key in keys.items() if key]

    @api.model
    def _digest(self, company, kind, key):
        # sudo: the secret of the database is for the system only
        return hmac(self.sudo().env, "drk.block.entry", f"{company.id}|{kind}|{key}")
