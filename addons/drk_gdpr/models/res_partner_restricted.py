from odoo import SUPERUSER_ID, api, models
from odoo.addons.mail.tools.discuss import Store
from odoo.fields import Domain

RESTRICTED = "drk_gdpr.group_drk_gdpr_restricted"
#: What a chatter shows of the author or recipient of a message.
SHOWN_IN_CHATTER = ("name", "display_name", "email", "phone")


class ResPartner(models.Model):
    """A restricted person has no name for whom the rule hides them from."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def _drk_nameless(self):
        return self.browse() if self.env.su else self._drk_hidden_from_user()

    @api.model
    def _drk_nameless_domain(self):
        return Domain("drk_is_restricted", "=", True) & Domain("id", "!=", self.env.user.partner_id.id)

    @api.model
    def _drk_asks_for_names(self, domain):
        return False  # the rule hides them from every search

    def _drk_hidden_from_user(self):
        """Return the restricted ones that the rule hides from the user, whatever the rights of this step."""
        if not self or not self._drk_hides_people():
            return self.browse()
        # sudo: the answer is only that there is no name to show
        return self.sudo().filtered("drk_is_restricted").with_env(self.env) - self.env.user.partner_id

    @api.model
    def _drk_hides_people(self):
        """:return: whether there are people that the user is not to see because they are restricted"""
        return self.env.uid != SUPERUSER_ID and not self.env.user.has_group(RESTRICTED)

    @api.depends("drk_is_restricted")
    @api.depends_context("uid")
    def _compute_display_name(self):
        hidden = self._drk_nameless()
        hidden.display_name = self._drk_no_name()
        return super(ResPartner, self - hidden)._compute_display_name()

    def _field_store_repr(self, field_name):
        if field_name not in SHOWN_IN_CHATTER:
            return super()._field_store_repr(field_name)
        no_name = self._drk_no_name() if field_name in ("name", "display_name") else False
        # the store reads authors as the superuser for the user
        return [
            Store.Attr(field_name, lambda person: no_name if person._drk_hidden_from_user() else person[field_name])
        ]
