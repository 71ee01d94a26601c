from odoo import fields, models


class DrkCourseKind(models.Model):
    """What the mails of a kind of course say beside the dates."""

    _inherit = "drk.course.kind"  # pylint: disable=consider-merging-classes-inherited

    mail_note = fields.Text(
        "What To Bring",
        translate=True,
        help="Stands in the confirmation and in the reminder; empty: clothes, something to eat, photo ID.",
    )

    def _drk_mail_note(self):
        """:return: what participants bring, in the language of the context"""
        return self.mail_note or self.env._("Comfortable clothes, something to eat and drink, an official photo ID")
