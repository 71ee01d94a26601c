import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from .drk_gdpr_request import DONE


class DrkGdprRequest(models.Model):
    """How a request is answered: extension, answer, refusal, end."""

    _inherit = "drk.gdpr.request"  # pylint: disable=consider-merging-classes-inherited

    def action_extend(self):
        """Take two months more, which is possible in the first month only and with reasons (Art. 12(3))."""
        self._expect("new", "identity", "working")
        today = fields.Date.context_today(self)
        for request in self:
            if request.extended_on:
                raise UserError(self.env._("The time was extended already; it cannot be extended twice."))
            if today > request.first_deadline:
                raise UserError(self.env._("The first month is over: an extension is not possible any more."))
            if not (request.extension_reason or "").strip():
                raise UserError(self.env._("Please give the reasons for the extension; the person is told them."))
            request._step({"extended_on": today})
            request._keep_letter(request._letter("extension"), self.env._("Extension"))
            request.activity_ids.date_deadline = request.deadline

    def action_answer(self):
        """Do what was asked, make the answer and keep it with the request."""
        self._expect("working")
        made = None
        for request in self:
            if not request.identity_kind:
                raise UserError(self.env._("Nothing leaves the house before the identity was checked."))
            made = request._do_as_asked()
            if not made:
                request._keep_letter(request._letter("answer"), self.env._("Answer"))
        self._step({"state": "answered", "answered_on": fields.Date.context_today(self)})
        self.activity_feedback(["mail.mail_activity_data_todo"])
        return self._hand_out(made) if made else None

    def _hand_out(self, letter):
        """Offer the letter to an erased person for download: kept here, it would hold the name and address again."""
        wizards = self.env["drk.access.sheet.wizard"]
        name = f"{self.env._('Answer')} {self[-1:].number}.pdf"
        download = wizards.create({"result": base64.b64encode(letter), "result_name": name})._download()
        return download | {"target": "new"}  # the form shows the new state only after an action with this target

    def action_refuse(self):
        """Refuse with reasons (Art. 12(4), (5))."""
        self._expect("new", "identity", "working")
        for request in self:
            if not (request.refusal_reason or "").strip():
                raise UserError(self.env._("Please give the reasons for the refusal; the person is told them."))
            request._keep_letter(request._letter("refusal"), self.env._("Refusal"))
        today = fields.Date.context_today(self)
        self._step({"state": "refused", "answered_on": today})
        self._end(today)

    def action_close(self):
        """The answer was sent and nothing is open any more."""
        self._expect("answered")
        waiting = self.notice_ids.filtered(lambda notice: not notice.notified_on)
        if waiting:
            raise UserError(self.env._("Not all recipients were told yet (Art. 19): %s", waiting[0].name))
        self._step({"state": "closed"})
        self._end(fields.Date.context_today(self))

    def _end(self, day):
        self._step({"closed_on": day})
        self.activity_unlink(["mail.mail_activity_data_todo"])
        for request in self:
            # An erasure request must not itself keep the person from being erased: what stays of it names nobody.
            until = False if request.kind == "erasure" else request.kept_until
            reason = until and self.env._("Proof of the answer (BGB § 195)")
            request._step({"drk_keep_until": until, "drk_keep_reason": reason})

    def action_reopen(self):
        """Take up an ended request again."""
        self._expect(*DONE)
        self._step({"state": "working", "closed_on": False, "answered_on": False, "drk_keep_until": False})

    # What is done

    def _do_as_asked(self):
        """Hook: do what a kind of request needs before the answer is written.

        :return: bytes of the answer where the work itself makes it: an erased person has no address any more
        """
        self.ensure_one()
        if self.kind in ("access", "portability"):
            self._make_sheets()
        elif self.kind == "erasure":
            return self._erase()
        elif self.kind == "restriction":
            self._restrict()
        elif self.kind == "objection":
            self._object_to_advertising()
        return None

    def _make_sheets(self):
        sheets = self.env["drk.access.sheet"]
        maker = sheets._portable_json if self.kind == "portability" else sheets._json
        # an answer to a request is complete, whatever the association prints otherwise
        every = None if self.kind == "portability" else self._every_section()
        data = maker(self.drk_person_id) if every is None else maker(self.drk_person_id, every)
        request_sudo = self.sudo()  # the engine asked who may inform; the files are not for all who work on requests
        request_sudo.sheet_json = base64.b64encode(data[self.drk_person_id.id])
        if self.kind == "access":
            request_sudo.sheet_pdf = base64.b64encode(sheets._pdf(self.drk_person_id, every)[self.drk_person_id.id])

    @api.model
    def _every_section(self):
        return set(self.env["drk.access.sheet.section"].search([("code", "!=", False)]).mapped("code"))

    def _erase(self):
        """Erase what can go, by the engine where it is there; it writes the letter that says what stays (G-5)."""
        person = self.drk_person_id
        if hasattr(person, "_drk_erase_what_can_go"):
            return person._drk_erase_what_can_go(self.number)[1]
        return None

    def _restrict(self):
        """Hook: restrict the processing of the person's data (Art. 18)."""
        person_sudo = self.drk_person_id.sudo()  # who answers requests may do what was asked
        if "drk_is_restricted" in person_sudo._fields:
            person_sudo.write({"drk_is_restricted": True, "drk_restricted_reason": self.number})

    def _object_to_advertising(self):
        """Hook: an objection to advertising takes effect at once (Art. 21(3)): every consent is withdrawn.

        The contract does not end with it: what is told as information (Art. 6(1)(b)) stays.
        """
        self.ensure_one()
        person = self.drk_person_id
        person.sudo().drk_no_advertising = True  # sudo: who answers requests may do what was asked
        channel = self.channel_id.key or "S"
        for purpose in self.env["drk.consent.purpose"].search([("code", "!=", False)]):
            if person._drk_consent_state_for(purpose.code) in ("given", "unconfirmed"):
                person._drk_record_consent(purpose.code, "withdrawn", channel, evidence=self.number)

    @api.autovacuum
    def _gc_old(self):
        """The proof goes three years after the end of the request."""
        today = fields.Date.context_today(self)
        self.search([("kept_until", "!=", False), ("kept_until", "<", today)], limit=1000).unlink()
