from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.journal import new_mark
from ..tools.partial import ALL_BUT_CONTACT
from ..tools.reasons import ANSWER_FIRST, by_person, keeps_data

LETTER = "drk_gdpr.report_erasure_letter"


class ResPartner(models.Model):
    """An erasure request that meets a reason to keep: what can go goes, the rest is restricted, the person is told (G-5)."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def _drk_erase_what_can_go(self, reason=None):
        """Erase a person at their own request, as far as nothing keeps them.

        What stays is restricted until its last day, and erased then by itself.

        :param str reason: what the run notes, without personal data
        :return: tuple of ``drk.erasure.run`` and the letter to the person (bytes of a PDF)
        :raise AccessError: without the right of erasure
        :raise UserError: when the person waits for the answer to an access request
        """
        self.ensure_one()
        run = self.env["drk.erasure.run"]._create_for(self, "request", reason=reason)
        self._drk_refuse_before_answer()
        letter = self._drk_erasure_letter()  # before: name and address may be gone afterwards
        waits = bool(self.sudo()._drk_open_business())
        run_sudo = run.sudo()  # the right was checked
        run_sudo.write({"state": "running", "started_at": fields.Datetime.now()})
        run_sudo._erase(self.ids)
        mark = waits and new_mark()
        if waits:
            self._drk_clear_part(ALL_BUT_CONTACT)  # open business needs name, address, bank and contact data
        run_sudo.with_delay(description=run_sudo.name)._finish()
        self.env["drk.deletion.log"]._drk_note(run_sudo.company_id, "request", 1, mark=mark)
        if waits:
            self._drk_note_parts(run_sudo.company_id, [ALL_BUT_CONTACT], mark)
        return run, letter

    def _drk_refuse_before_answer(self):
        texts = [f"{blocker.text}." for blocker in self._drk_open_access_requests()]
        if texts:
            raise UserError("\n".join([*texts, self.env._("Nothing was changed.")]))

    def _drk_erasure_letter(self):
        """Return the answer to the erasure request of this person, a PDF: what stays, why, until when."""
        return self.env["ir.actions.report"].sudo()._drk_pdf(LETTER, self)  # sudo: it prints what keeps the person

    def _drk_kept_parts(self):
        """Return what an erasure has to leave: list of dicts with ``text``, ``law`` and ``until``, empty when nothing."""
        self.ensure_one()
        reasons = by_person(self._drk_deletion_blockers()).get(self.id, [])
        return [
            {
                "text": self._drk_blocker_label(blocker),
                "law": self._drk_blocker_law(blocker),
                "until": self._drk_blocker_end(blocker),
            }
            for blocker in reasons
            if keeps_data(blocker)
        ]

    def _drk_blocker_label(self, blocker):
        if blocker.code == ANSWER_FIRST:  # it names the record itself
            return blocker.text
        return self.env._("%(text)s (%(count)s)", text=blocker.text, count=blocker.count)

    def _drk_blocker_end(self, blocker):
        if blocker.keep_until:
            return self.env._("until %s", format_date(self.env, blocker.keep_until))
        return self.env._("until it is settled")

    def _drk_blocker_law(self, blocker):
        """Hook: return why these records may stay, for the letter to the person."""
        if blocker.model == "drk.consent":
            return self.env._("Proof of a declaration (GDPR Art. 7(1), Art. 17(3)(e))")
        if not blocker.keep_until:
            return self.env._("The business with you is not completed (GDPR Art. 6(1)(b), Art. 17(3)(e))")
        return self.env._("Legal duty to keep records (GDPR Art. 17(3)(b))")

    def action_drk_erasure_request(self):
        """Open the dialog that answers the erasure request of this person."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Erasure request"),
            "res_model": "drk.erasure.request",
            "views": [(False, "form")],
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.id},
        }
