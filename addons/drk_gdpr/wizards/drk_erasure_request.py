import base64

from odoo import api, fields, models


class DrkErasureRequest(models.TransientModel):
    """Answer the erasure request of a person: see what stays, erase the rest, take the letter."""

    _name = "drk.erasure.request"
    _description = "Answer an Erasure Request"

    partner_id = fields.Many2one("res.partner", string="Person", ondelete="cascade")
    reason = fields.Char(help="Number of the request, without personal data.")
    kept = fields.Text("What stays", compute="_compute_kept")
    run_id = fields.Many2one("drk.erasure.run", "Erasure run", readonly=True, ondelete="cascade")
    letter = fields.Binary("Letter to the person", readonly=True, attachment=False)
    letter_name = fields.Char("File name of the letter", readonly=True)

    @api.depends("partner_id")
    def _compute_kept(self):
        for wizard in self:
            parts = wizard.partner_id._drk_kept_parts() if wizard.partner_id and not wizard.run_id else []
            lines = [f"• {part['text']}: {part['law']}, {part['until']}" for part in parts]
            wizard.kept = "\n".join(lines) or self.env._("Nothing: the person can be erased as a whole.")

    def action_erase(self):
        """Erase what can go, restrict the rest and offer the letter."""
        self.ensure_one()
        run, letter = self.partner_id._drk_erase_what_can_go(self.reason)
        # the person may be gone: the dialog lets go of them
        name = self.env._("Answer to erasure request %s.pdf", run.id)
        self.write({"run_id": run.id, "partner_id": False, "letter": base64.b64encode(letter), "letter_name": name})
        return self._get_records_action(name=self.env._("Erasure request"), target="new")
