from odoo import models


class Website(models.Model):
    """The portal offers the information about the own data."""

    _inherit = "website"  # pylint: disable=consider-merging-classes-inherited

    def _drk_portal_tiles(self):
        return [
            *super()._drk_portal_tiles(),
            {
                "name": self.env._("Information about my data"),
                "text": self.env._("Ask what is stored, have it corrected or erased"),
                "url": "/my/auskunft",
                "sequence": 70,
            },
        ]
