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
            request.extended_on = today
            request._keep_letter(request._letter("extension"), self.env._("Extension"))
            request.activity_ids.date_deadline = request.deadline

    def action_answer(self):
        """Do what was asked, make the answer and keep it with the request."""
        self._expect("working")
        for request in self:
            if not request.identity_kind:
                raise UserError(self.env._("Nothing leaves the house before the identity was checked."))
            letter = request._do_as_asked() or request._letter("answer")
            request._keep_letter(letter, self.env._("Answer"))
        self.write({"state": "answered", "answered_on": fields.Date.context_today(self)})
        self.activity_feedback(["mail.mail_activity_data_todo"])

    def action_refuse(self):
        """Refuse with reasons (Art. 12(4), (5))."""
        self._expect("new", "identity", "working")
        for request in self:
            if not (request.refusal_reason or "").strip():
                raise UserError(self.env._("Please give the reasons for the refusal; the person is told them."))
            request._keep_letter(request._letter("refusal"), self.env._("Refusal"))
        today = fields.Date.context_today(self)
        self.write({"state": "refused", "answered_on": today})
        self._end(today)

    def action_close(self):
        """The answer was sent and nothing is open any more."""
        self._expect("answered")
        waiting = self.notice_ids.filtered(lambda notice: not notice.notified_on)
        if waiting:
            raise UserError(self.env._("Not all recipients were told yet (Art. 19): %s", waiting[0].name))
        self.state = "closed"
        self._end(fields.Date.context_today(self))

    def _end(self, day):
        self.closed_on = day
        self.activity_unlink(["mail.mail_activity_data_todo"])
        for request in self:
            # An erasure request must not itself keep the person from being erased: what stays of it names nobody.
            request.drk_keep_until = False if request.kind == "erasure" else request.kept_until
            request.drk_keep_reason = request.drk_keep_until and self.env._("Proof of the answer (BGB § 195)")

    def action_reopen(self):
        """Take up an ended request again."""
        self._expect(*DONE)
        self.write({"state": "working", "closed_on": False, "answered_on": False, "drk_keep_until": False})

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
        self.sheet_json = base64.b64encode(data[self.drk_person_id.id])
        if self.kind == "access":
            self.sheet_pdf = base64.b64encode(sheets._pdf(self.drk_person_id, every)[self.drk_person_id.id])

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
        channel = self.channel_id.key or "S"
        for purpose in self.env["drk.consent.purpose"].search([("code", "!=", False)]):
            if person._drk_consent_state_for(purpose.code) in ("given", "unconfirmed"):
                person._drk_record_consent(purpose.code, "withdrawn", channel, evidence=self.number)

    # Letters

    def _letter(self, letter):
        reports = self.env["ir.actions.report"].with_context(drk_letter=letter)
        return reports._drk_pdf("drk_gdpr.report_gdpr_request", self)

    def _keep_letter(self, content, name):
        attachment = self.env["ir.attachment"].create(
            {"name": f"{name} {self.number}.pdf", "raw": content, "res_model": self._name, "res_id": self.id}
        )
        self.message_post(body=name, attachment_ids=attachment.ids)

    def action_print_letter(self):
        """Print the letter that fits the state."""
        self.ensure_one()
        return self.env.ref("drk_gdpr.report_gdpr_request").report_action(self)

    def action_send(self):
        """Open a mail to the person with the last letter and the sheet."""
        self.ensure_one()
        self._expect("answered", "closed", "refused")
        if not self.drk_person_id.email:
            raise UserError(self.env._("There is no e-mail address. Please send the letter."))
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_partner_ids": self.drk_person_id.ids,
                "default_composition_mode": "comment",
                "default_subject": f"{self._letter_subject()} ({self.number})",
                "default_body": f"<p>{self.drk_person_id.drk_letter_salutation or ''},</p>"
                f"<p>{self.env._('please find attached our answer to your request.')}</p>",
                "default_attachment_ids": [(6, 0, self._answer_attachments().ids)],
            },
        }

    def _answer_attachments(self):
        attachments = self.env["ir.attachment"]
        letters = attachments.search(
            [("res_model", "=", self._name), ("res_id", "=", self.id), ("mimetype", "=", "application/pdf")],
            order="id desc",
            limit=1,
        )
        for name, ending in (("sheet_pdf", "pdf"), ("sheet_json", "json")):
            content = self.with_context(bin_size=False)[name]
            if content:
                vals = {"name": f"{self.number}.{ending}", "datas": content, "res_model": self._name, "res_id": self.id}
                letters |= attachments.create(vals)
        return letters

    def _letter_subject(self):
        return {
            "access": self.env._("Information about your data"),
            "rectification": self.env._("Rectification of your data"),
            "erasure": self.env._("Erasure of your data"),
            "restriction": self.env._("Restriction of the processing of your data"),
            "portability": self.env._("Your data in a machine-readable form"),
            "objection": self.env._("Your objection"),
        }[self.kind]

    def _reference_label(self):
        return self.env._("Our reference")

    def _letter_address(self):
        """Return the address of the person, else the one that the request names."""
        if self.drk_person_id:
            return self.drk_person_id._drk_recipient_lines(self.company_id)
        names = " ".join(filter(None, (self.asker_firstname, self.asker_lastname)))
        town = " ".join(filter(None, (self.asker_zip, self.asker_city)))
        return [line for line in (names, self.asker_street, town) if line]

    def _letter_salutation(self):
        return self.drk_person_id.drk_letter_salutation or self.env._("Dear Sir or Madam")

    def _letter_lines(self):
        """Return the paragraphs of the letter that the context asks for, else of the one that fits the state."""
        waiting = "extension" if self.extended_on else "receipt"
        fitting = {"answered": "answer", "closed": "answer", "refused": "refusal"}.get(self.state, waiting)
        return getattr(self, f"_letter_{self.env.context.get('drk_letter') or fitting}")()

    def _letter_receipt(self):
        return [
            self.env._("we received your request on %s.", self._day(self.received_on)),
            self.env._("You will get our answer by %s at the latest.", self._day(self.deadline)),
        ]

    def _letter_extension(self):
        return [
            self.env._("we received your request on %s.", self._day(self.received_on)),
            self.env._(
                "We need more time for the answer than the one month that the law provides for. We extend it, as "
                "GDPR Art. 12(3) allows, until %s at the latest.",
                self._day(self.deadline),
            ),
            self.env._("The reasons are: %s", self.extension_reason or ""),
        ]

    def _letter_refusal(self):
        return [
            self.env._("we received your request on %s.", self._day(self.received_on)),
            self.env._("We cannot comply with it, for these reasons: %s", self.refusal_reason or ""),
            self.env._(
                "You may complain to the data protection authority of your Land (GDPR Art. 77) and go to court (Art. 79)."
            ),
        ]

    def _letter_answer(self):
        return [
            self.env._("we received your request on %s.", self._day(self.received_on)),
            *self._answer_lines(),
            *(self.answer_text or "").splitlines(),
            self.env._("You may complain to the data protection authority of your Land (GDPR Art. 77)."),
        ]

    def _answer_lines(self):
        """Hook: return what the answer to this kind of request says, one text per paragraph."""
        return {
            "access": [self.env._("The information about the data that we have stored about you is enclosed.")],
            "rectification": [self.env._("We corrected your data as you asked.")],
            "erasure": [self.env._("We erased your data as far as no law demands that we keep them.")],
            "restriction": [
                self.env._("We restricted the processing of your data. We tell you before we lift the restriction.")
            ],
            "portability": [
                self.env._("The data that you provided to us are enclosed as a machine-readable file (JSON).")
            ],
            "objection": [
                self.env._("We took note of your objection: you will get no more advertising from us, from now on.")
            ],
        }[self.kind] + self._recipient_lines()

    def _recipient_lines(self):
        told = self.notice_ids.filtered("notified_on")
        if not told or self.kind not in ("rectification", "erasure", "restriction"):
            return []
        return [self.env._("We told the recipients of your data: %s", ", ".join(told.mapped("name")))]

    def _day(self, day):
        return self.env["ir.qweb.field.date"].value_to_html(day, {}) if day else ""

    @api.autovacuum
    def _gc_old(self):
        """The proof goes three years after the end of the request."""
        today = fields.Date.context_today(self)
        self.search([("kept_until", "!=", False), ("kept_until", "<", today)], limit=1000).unlink()
