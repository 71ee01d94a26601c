from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import filenames
from ..tools.certificate import fill, grouped, initials, new_code, qr_picture, read_code, read_number
from ..tools.certificate_words import CertificateWords

#: So many certificates are printed while the user waits; more are a long work with a progress bar.
PRINT_AT_ONCE = 50


class DrkCertificate(models.Model):
    """Bescheinigung: says that a person took part in a course, in the words of the day it was issued.

    Nobody writes one by hand: the methods check who may issue, replace and withdraw, then act as superuser.
    """

    _name = "drk.certificate"
    _description = "Certificate of participation"
    _inherit = ["drk.association.mixin", "drk.gdpr.engagement"]
    _rec_name = "number"
    _drk_name_is_guarded = True
    _drk_system_code = "ktv"
    _order = "issued_on desc, id desc"

    number = fields.Char(required=True, readonly=True, index="trigram")
    code = fields.Char(required=True, readonly=True, help="Leads to the public page that confirms the certificate.")
    registration_id = fields.Many2one(
        "event.registration",
        "Booking",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    event_id = fields.Many2one(
        "event.event", "Course", required=True, readonly=True, ondelete="restrict", index=True, check_company=True
    )
    kind_id = fields.Many2one(
        "drk.course.kind", "Course kind", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(required=True, index=True)
    drk_person_id = fields.Many2one(string="Participant", readonly=True, required=True)
    drk_last_activity = fields.Date(string="Last course day", readonly=True, default=None)
    drk_keep_until = fields.Date(compute="_compute_drk_keep", store=True)
    drk_keep_reason = fields.Char(compute="_compute_drk_keep", store=True)

    # as it was on the day of issue
    holder_name = fields.Char("Issued to", required=True, readonly=True)
    holder_birthdate = fields.Date("Birth date", readonly=True)
    lang = fields.Char("Language", required=True, readonly=True)
    title = fields.Char(required=True, readonly=True)
    text = fields.Html(readonly=True)
    legal_text = fields.Html("Legal text", readonly=True)
    course_name = fields.Char(readonly=True)
    course_number = fields.Char(readonly=True)
    sessions = fields.Json(readonly=True)
    units = fields.Integer("Teaching units", readonly=True)
    instructors = fields.Char(readonly=True)
    authorisation_number = fields.Char("Authorisation number", readonly=True)
    issued_on = fields.Date(required=True, readonly=True, index=True)
    issued_by_id = fields.Many2one("res.users", "Issued by", readonly=True, ondelete="set null", index="btree_not_null")
    valid_until = fields.Date(readonly=True)

    state = fields.Selection(
        [("valid", "Valid"), ("withdrawn", "Withdrawn")], default="valid", required=True, readonly=True, index=True
    )
    withdrawn_on = fields.Date(readonly=True)
    withdrawn_by_id = fields.Many2one(
        "res.users", "Withdrawn by", readonly=True, ondelete="set null", index="btree_not_null"
    )
    withdrawn_reason = fields.Char("Reason of the withdrawal", readonly=True)
    successor_id = fields.Many2one(
        "drk.certificate", "Issued instead", readonly=True, ondelete="set null", index="btree_not_null"
    )
    original_id = fields.Many2one(
        "drk.certificate",
        "Replacement of",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="A replacement (Zweitschrift) says the same as its original.",
    )
    duplicate_ids = fields.One2many("drk.certificate", "original_id", "Replacements")

    _number_uniq = models.UniqueIndex("(company_id, number)", "This number was given already.")
    _code_uniq = models.UniqueIndex("(code)", "This code was given already.")
    _one_original = models.UniqueIndex(
        "(registration_id) WHERE state = 'valid' AND original_id IS NULL",
        "This participant has a valid certificate for this course already.",
    )
    _withdrawn_says_why = models.Constraint(
        "CHECK(state = 'valid' OR (withdrawn_on IS NOT NULL AND withdrawn_reason IS NOT NULL))",
        "A withdrawal needs its day and reason.",
    )

    @api.depends("drk_last_activity", "kind_id.is_bg_billable", "registration_id.drk_payer_kind")
    def _compute_drk_keep(self):
        """Courses that accident insurers pay for are recorded for some years (Anlage 2 no. 4.6)."""
        for key, certificates in self.grouped(lambda certificate: certificate._keep_key()).items():
            rule = key and self.env["drk.law.fact"]._on(*key)
            for certificate in certificates:
                years = relativedelta(years=int(rule.value)) if rule else None
                certificate.drk_keep_until = rule and certificate.drk_last_activity + years
                certificate.drk_keep_reason = rule and rule.source

    def _keep_key(self):
        """Hook: code and day of the ``drk.law.fact`` with the years after the last course day, or None."""
        insured = self.kind_id.is_bg_billable or self.registration_id.drk_payer_kind == "bg"
        if not (insured and self.drk_last_activity):
            return None
        return "retention_first_aid_years", max(self.drk_last_activity, fields.Date.context_today(self))

    def _drk_engagement_purpose(self):
        return self.env._("Certificate %s", self.number)

    @api.model
    def _drk_engagement_purpose_depends(self):
        return ["number"]

    @api.constrains("original_id")
    def _check_original(self):
        for certificate in self.filtered("original_id"):
            original = certificate.original_id
            if original.original_id or original.registration_id != certificate.registration_id:
                raise ValidationError(self.env._("A replacement belongs to an original of the same booking."))

    # ------------------------------------------------------------------ issue
    @api.model
    def _issue(self, registrations_sudo):
        """Issue originals; who may and whether they attended was checked before.

        :param registrations_sudo: ``event.registration`` without a valid original
        :return: the new ``drk.certificate``, in the order of the registrations
        """
        vals_list = []
        for event, registrations in registrations_sudo.grouped("event_id").items():
            event = event.with_context(lang=event._drk_certificate_lang())
            words = CertificateWords(event)
            shared = self._prepare_course_vals(event) | words.vals()
            numbers = self._next_numbers(event.company_id, shared["issued_on"], len(registrations))
            for registration, number in zip(registrations.with_env(event.env), numbers, strict=True):
                vals_list.append(self._prepare_certificate_vals(registration, {**shared, "number": number}, words))
        return self.create(vals_list)

    @api.model
    def _prepare_course_vals(self, event):
        """Hook: values that all certificates of a course share, beside the words about it."""
        today = event._drk_local(fields.Datetime.now()).date()
        kind, last_day = event.drk_kind_id, event._drk_local(event.date_end).date()
        months = kind.certificate_months
        return {
            "event_id": event.id,
            "kind_id": kind.id,
            "company_id": event.company_id.id,
            "lang": event.env.context["lang"],
            "title": kind._certificate_title(),
            "issued_on": today,
            "issued_by_id": self.env.uid,
            "drk_last_activity": last_day,
            "valid_until": last_day + relativedelta(months=months) if months else False,
        }

    @api.model
    def _prepare_certificate_vals(self, registration, vals, words):
        """Hook: the values of one certificate.

        :param vals: what the course says
        :param words: :class:`..tools.certificate_words.CertificateWords`
        """
        person, kind = registration.drk_participant_id, registration.drk_kind_id
        vals = vals | {
            "code": new_code(),
            "registration_id": registration.id,
            "drk_person_id": person.id,
            "holder_name": person.name,
            "holder_birthdate": registration.drk_birthdate,
        }
        values = words.placeholders(vals)
        texts = {"text": kind._certificate_text(), "legal_text": kind.certificate_legal_text}
        return vals | {name: fill(text, values) for name, text in texts.items()}

    @api.model
    def _next_numbers(self, company, day, count):
        """Numbers without a gap, anew each year: a number of a certificate that was not saved comes again."""
        sequence = company._drk_certificate_sequence()
        return [sequence._next(sequence_date=day) for _ in range(count)]

    # ------------------------------------------------------------------ buttons
    def action_drk_print(self):
        """Print these as one PDF; many of them by a long work with a progress bar."""
        certificates = self._printable()
        if len(certificates) <= PRINT_AT_ONCE:
            return self.env.ref("drk_ktv.report_certificate").report_action(certificates)
        return self.env["drk.certificate.print"]._start(certificates)

    def action_drk_mail(self):
        """Send each participant the own certificate."""
        registrations = self._printable().registration_id
        registrations.check_access("write")
        registrations._drk_mail_certificates()
        message = self.env._(
            "%s messages are on their way. Those without an address show at the booking.", len(registrations)
        )
        return self._notice(message)

    def action_drk_replace(self):
        """Ask before a replacement (Zweitschrift) is issued: it can cost a fee."""
        return self._dialog("drk_ktv.drk_certificate_replace_action")

    def action_drk_correct(self):
        """Correct a name: withdraw and issue anew."""
        return self._dialog("drk_ktv.drk_certificate_correct_action")

    def action_drk_withdraw(self):
        """Ask for the reason of the withdrawal."""
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.drk_certificate_withdraw_action")
        return action | {"context": {"default_certificate_ids": self.filtered(lambda c: c.state == "valid").ids}}

    def action_drk_verify(self):
        """Open the public page of this certificate."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self._verify_address(), "target": "new"}

    def _dialog(self, xmlid):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return action | {"context": {"default_certificate_id": self.id}}

    @api.model
    def _notice(self, message, kind="success"):
        params = {"message": message, "type": kind, "next": {"type": "ir.actions.act_window_close"}}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}

    # ------------------------------------------------------------------ replace, withdraw, correct
    def _drk_replacement_fee(self):
        """Hook: what a replacement of this certificate costs.

        :return: amount in the currency of the association, 0.0 when it is free
        """
        self.ensure_one()
        return 0.0

    def _drk_replace(self):
        """Issue a replacement (Zweitschrift) that says the same as its original.

        :return: the new ``drk.certificate``
        """
        self.ensure_one()
        self._check_office()
        if self.state != "valid":
            raise UserError(self.env._("A withdrawn certificate is not replaced."))
        original_sudo = self.sudo()._root()  # nobody writes certificates by hand
        original_sudo._check_attended()
        today = original_sudo.event_id._drk_local(fields.Datetime.now()).date()
        (number,) = self._next_numbers(original_sudo.company_id, today, 1)
        new_sudo = original_sudo.copy(
            {
                "number": number,
                "code": new_code(),
                "original_id": original_sudo.id,
                "issued_on": today,
                "issued_by_id": self.env.uid,
            }
        )
        new_sudo._post_drk_replace()
        return new_sudo.with_env(self.env)

    def _post_drk_replace(self):
        """Hook: this replacement was issued, inside the transaction; runs as superuser."""

    def _drk_withdraw(self, reason):
        """Withdraw these certificates, and the replacements of withdrawn originals.

        :param reason: str, for the list of withdrawn certificates; never shown to the public
        """
        if not (self.env.su or self.env.user.has_group("drk_ktv.group_drk_ktv_manager")):
            raise AccessError(self.env._("Only a course manager may withdraw certificates."))
        self.check_access("read")
        self.sudo()._set_withdrawn(reason)  # nobody writes certificates by hand

    def _set_withdrawn(self, reason):
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Please say why the certificate is withdrawn."))
        certificates = (self | self.duplicate_ids).filtered(lambda c: c.state == "valid")
        certificates.write(
            {
                "state": "withdrawn",
                "withdrawn_on": fields.Date.context_today(self.with_context(tz="Europe/Berlin")),
                "withdrawn_by_id": self.env.uid,
                "withdrawn_reason": reason,
            }
        )

    def _drk_correct(self, reason):
        """Withdraw what was issued for this booking and issue it anew, with the person's name of now.

        :return: the new ``drk.certificate``
        """
        self.ensure_one()
        self._check_office()
        root_sudo = self.sudo()._root()  # nobody writes certificates by hand
        if root_sudo.state == "withdrawn" and not self.env.user.has_group("drk_ktv.group_drk_ktv_manager"):
            raise AccessError(self.env._("Only a course manager may issue a withdrawn certificate anew."))
        root_sudo._check_attended()
        root_sudo._set_withdrawn(reason)
        new_sudo = self._issue_again(root_sudo.registration_id)
        (root_sudo | root_sudo.duplicate_ids).successor_id = new_sudo
        return new_sudo.with_env(self.env)

    @api.model
    def _issue_again(self, registration_sudo):
        registration_sudo.drk_certificate_ids.flush_recordset()  # the index lets the next one in only then
        return self.sudo()._issue(registration_sudo)

    def _check_attended(self):
        """Attendance may have been corrected since the certificate was issued."""
        if self.registration_id and not self.registration_id._drk_attended_all():
            raise UserError(
                self.env._(
                    "%s did not attend all of the course, as the attendance says now. Correct it, or withdraw the certificate.",
                    self._drk_shown_holder(),
                )
            )

    def _root(self):
        return self.original_id or self

    def _check_office(self):
        self.check_access("read")
        if not self.env.su:
            self.registration_id.check_access("write")

    # ------------------------------------------------------------------ print
    def _print_part(self, print_id):
        """One chunk of a long print."""
        self.env["drk.certificate.print"].sudo().browse(print_id)._add_part(self)  # its table is the engine's

    def _printable(self):
        """:return: the valid ones of these, sorted by course and name"""
        self.check_access("read")
        printable = self.filtered(lambda certificate: certificate.state == "valid")
        if not printable:
            raise UserError(self.env._("There is no valid certificate to print."))
        return printable.sorted(lambda c: (c.drk_last_activity, c.course_number or "", c.holder_name, c.id))

    def _withdrawn(self):
        """:return: the withdrawn ones of these, for the list of withdrawn certificates"""
        withdrawn = self.filtered(lambda certificate: certificate.state == "withdrawn")
        if not withdrawn:
            raise UserError(self.env._("None of these certificates is withdrawn."))
        return withdrawn.sorted(lambda c: (c.withdrawn_on, c.number))

    def _filename(self):
        label = self.with_context(lang=self[:1].lang).env._("Certificate-file")
        if len(self) == 1:
            return filenames.join(label, self.number, "pdf")
        courses = set(self.mapped("course_number"))
        return filenames.join(label, courses.pop() if len(courses) == 1 else "", "pdf")

    def _grouped_code(self):
        return grouped(self.code)

    def _verify_base(self):
        return f"{self.event_id._drk_base_address()}/kurse/bescheinigung"

    def _verify_address(self):
        """:return: address of the public page of this certificate"""
        self.ensure_one()
        return f"{self._verify_base()}/{self.code}"

    def _qr_picture(self):
        return qr_picture(self._verify_address())

    # ------------------------------------------------------------------ the public page
    @api.model
    def _verify(self, company, typed_code, number=None):
        """Find a certificate by its code.

        The code is random and found by its index, so the time tells nothing about codes that exist.

        :param company: the association whose site is asked
        :param typed_code: what stood in the address or was typed
        :param number: what was typed as number; None when only the code is known
        :return: dict of what anybody may see, or None
        """
        code = read_code(typed_code)
        found = code and self.sudo().search([("code", "=", code), ("company_id", "=", company.id)])  # see below
        if not found or (number is not None and read_number(number) != found.number):
            return None
        return found._prepare_public_vals()

    def _prepare_public_vals(self):
        """Hook: all that the public page shows of a certificate; never a birth date, a reason or a whole name."""
        event = self.event_id.with_env(self.env)
        return {
            "state": self.state,
            "kind": self.kind_id.with_env(self.env).name,
            "days": CertificateWords(event).dates(),
            "association": self.company_id.name,
            "number": self.number,
            "holder": initials(self.holder_name),
            "issued_on": self.issued_on,
            "valid_until": self.valid_until,
            "withdrawn_on": self.withdrawn_on,
            "is_duplicate": bool(self.original_id),
        }
