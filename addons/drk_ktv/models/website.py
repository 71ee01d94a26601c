from odoo import models


class Website(models.Model):
    _inherit = "website"

    def _drk_offers(self):
        return [
            *super()._drk_offers(),
            {
                "name": self.env._("Courses"),
                "text": self.env._("First aid courses: find a date and book a place"),
                "url": "/kurse",
                "system": "ktv",
                "sequence": 10,
            },
        ]

    def _drk_portal_tiles(self):
        return [
            *super()._drk_portal_tiles(),
            {
                "name": self.env._("My courses"),
                "text": self.env._("See and cancel your bookings"),
                "url": "/my/kurse",
                "system": "ktv",
                "sequence": 10,
            },
        ]
