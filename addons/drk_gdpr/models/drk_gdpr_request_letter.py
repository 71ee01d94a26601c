import base64

from markupsafe import Markup
from odoo import fields, models
from odoo.tools import format_date

from ..tools.sheet_docx import write_letter


class DrkGdprRequest(models.Model):
    """The letters of a request: receipt, extension, answer, refusal."""

    _inherit = "drk.gdpr.request"  # pylint: disable=consider-merging-classes-inherited

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

    def action_letter_docx(self):
        """Hand the letter that fits the state to Word."""
        self.ensure_one()
        attachment = self.env["ir.attachment"].create(
            {"name": f"{self.number}.docx", "raw": self._letter_docx(), "res_model": self._name, "res_id": self.id}
        )
        url = f"/web/content/{attachment.id}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    def _letter_docx(self):
        head = self.company_id._drk_letterhead()
        logo = base64.b64decode(head["logo"]) if head["logo"] else None
        spoken = self.with_context(lang=self.drk_person_id.lang or self.env.context.get("lang"))
        today = format_date(spoken.env, fields.Date.context_today(self))
        return write_letter(
            [head["name"], head["subtitle"]],
            logo,
            spoken._letter_address(),
            spoken._letter_subject(),
            f"{spoken._reference_label()}: {self.number}, {today}",
            [
                f"{spoken._letter_salutation()},",
                *spoken._letter_lines(),
                spoken.env._("Kind regards"),
                head["name"],
                self.company_id.sudo().drk_signature_name or "",  # sudo: it stands on every letter
            ],
        )

    def action_send(self):
        """Open a mail to the person with the last letter and the sheet; no file of it stays in the thread."""
        self.ensure_one()
        self._expect("answered", "closed", "refused")
        person = self.drk_person_id
        text = self.env._("please find attached our answer to your request.")
        body = Markup("<p>%s,</p><p>%s</p>") % (self._letter_salutation(), text)
        subject = f"{self._letter_subject()} ({self.number})"
        return self.env["drk.gdpr.mail"]._open(person, subject, body, self._answer_files(), self)

    def _answer_files(self):
        letter = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id), ("mimetype", "=", "application/pdf")],
            order="id desc",
            limit=1,
        )
        sheets = self._sheet_files()
        if sheets:
            self.env["drk.access.sheet"]._check_may_inform(self.drk_person_id)
        return [(file.name, file.raw) for file in letter] + sheets

    def _sheet_files(self):
        request_sudo = self.sudo().with_context(bin_size=False)  # whoever sends them is asked by the caller
        pairs = [(f"{self.number}.pdf", request_sudo.sheet_pdf), (f"{self.number}.json", request_sudo.sheet_json)]
        return [(name, base64.b64decode(content)) for name, content in pairs if content]

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
