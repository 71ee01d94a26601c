from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.texts import format_period

#: A payer with more people than this gets a list of them; few are named on the invoice itself.
NAMES_ON_INVOICE = 3


class AccountMove(models.Model):
    """Invoices of associations: made of charges, every income in a sphere, printed on the letterhead."""

    _inherit = "account.move"

    drk_charge_ids = fields.One2many("drk.charge", "move_id", string="Charges")
    drk_charge_count = fields.Integer("Number of charges", compute="_compute_drk_charge_count")
    # Set for good when the charges of a cancelled invoice are invoiced anew: to post it again would bill them twice.
    drk_is_replaced = fields.Boolean("Invoiced anew", readonly=True, copy=False)
    drk_participant_list_id = fields.Many2one(
        "ir.attachment", string="Participant list", readonly=True, copy=False, ondelete="set null"
    )

    # An erasure asks for them by the person.
    _drk_commercial_partner_index = models.Index("(commercial_partner_id) WHERE commercial_partner_id IS NOT NULL")
    _drk_partner_shipping_index = models.Index("(partner_shipping_id) WHERE partner_shipping_id IS NOT NULL")

    @api.depends("drk_charge_ids")
    def _compute_drk_charge_count(self):
        counts = dict(self.env["drk.charge"]._read_group([("move_id", "in", self.ids)], ["move_id"], ["__count"]))
        for move in self:
            move.drk_charge_count = counts.get(move._origin, 0)

    # ------------------------------------------------------------------ posting
    def _post(self, soft=True):
        associations = self.filtered(lambda move: move.company_id.sudo().drk_is_association)
        associations.line_ids._drk_fill_sphere()
        associations._drk_check_charges()
        posted = super()._post(soft)
        (posted & associations)._drk_make_participant_list()
        return posted

    def _drk_check_charges(self):
        """An invoice of charges says what they say: who changed a draft by hand is told so."""
        self._drk_refuse_given_up()
        charges_sudo = self.env["drk.charge"].sudo().search([("move_id", "in", self.ids)])  # whoever posts
        for line, charges in charges_sudo.grouped("move_line_id").items():
            total = sum(charges.mapped("amount")) * (1 if line.move_id.move_type == "out_invoice" else -1)
            is_same = line.currency_id.compare_amounts(line.price_total, total) == 0
            if not is_same or charges.payer_id != line.move_id.partner_id:
                raise UserError(
                    self.env._(
                        "“%s” differs from the charges that it was made of. Delete the draft and invoice them anew.",
                        line.name,
                    )
                )

    def button_draft(self):
        self.filtered(lambda move: move.state == "cancel")._drk_refuse_given_up()
        return super().button_draft()

    def _drk_refuse_given_up(self):
        """:raise UserError: when what one of these says is not owed any more or stands on another invoice"""
        void_sudo = self.env["drk.charge"].sudo().search([("move_id", "in", self.ids), ("is_void", "=", True)])
        for move in self.filtered("drk_is_replaced") | void_sudo.move_id.with_env(self.env):
            raise UserError(
                self.env._(
                    "%s was given up: its charges are void or were invoiced anew. Please invoice what is still open.",
                    move.display_name,
                )
            )

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """What was made of charges is credited by their counter charges only: nobody gets a credit twice."""
        if self.env["drk.charge"].sudo().search_count([("move_id", "in", self.ids)], limit=1):  # whoever credits
            raise UserError(
                self.env._(
                    "Please take the charges back instead (Finance > Charges > Take back);"
                    " then the invoice run writes the credit note."
                )
            )
        return super()._reverse_moves(default_values_list, cancel)

    # ------------------------------------------------------------------ participant list
    def _drk_make_participant_list(self):
        report = self.env["ir.actions.report"].sudo()  # whoever invoices
        for move in self.filtered(lambda move: move._drk_has_participant_list()):
            move_sudo = move.sudo()
            vals = {
                "name": f"{move_sudo._drk_participant_title()}.pdf",
                "raw": report._drk_pdf("drk_finance.report_participants", move_sudo),
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": move.id,
            }
            move_sudo.drk_participant_list_id.unlink()
            move_sudo.drk_participant_list_id = self.env["ir.attachment"].sudo().create(vals)

    def _drk_participant_title(self):
        """Return the file name of the list, without ending."""
        lang = self._drk_lang()
        title = self.with_context(lang=lang).env._("Participants %s", self.name)
        return title.replace("/", "-")

    def _drk_participant_rows(self):
        rows = [
            (self.env._("Invoice"), self.name),
            (self.env._("Date"), format_date(self.env, self.invoice_date)),
            (self.env._("Invoice for"), self.partner_id.name),
            (self.env._("Participants"), str(len(self.drk_charge_ids.drk_person_id))),
        ]
        return [row for row in rows if row[1]]

    def _drk_has_participant_list(self):
        """Hook: whether people are listed on a paper of their own instead of on the invoice."""
        self.ensure_one()
        people = (
            self.sudo().drk_charge_ids.drk_person_id if self.move_type == "out_invoice" else self.env["res.partner"]
        )
        return bool(people) and (self.partner_id.is_company or len(people) > NAMES_ON_INVOICE)

    # ------------------------------------------------------------------ printing and sending
    def _get_name_invoice_report(self):
        self.ensure_one()
        if self.company_id.sudo().drk_is_association and self.is_sale_document():
            return "drk_finance.report_invoice_document"
        return super()._get_name_invoice_report()

    def _get_mail_template(self):
        if self and all(m.company_id.sudo().drk_is_association and m.is_sale_document() for m in self):
            return self.env.ref("drk_finance.mail_template_invoice")
        return super()._get_mail_template()

    def _drk_title(self):
        """Return what kind of paper this is, in the language of the context."""
        if self.state == "draft":
            return self.env._("Draft invoice")
        if self.move_type == "out_refund":
            return self.env._("Credit note %s", self.name)
        return self.env._("Invoice %s", self.name)

    def _drk_qr_code(self):
        """Return the GiroCode as a data URL, empty when there is nothing to pay or no bank account."""
        move_sudo = self.sudo()  # the association's own account is public; the visitor may not write the method
        if self.move_type != "out_invoice" or not move_sudo.partner_bank_id or self.state != "posted":
            return ""
        if not move_sudo.company_id.qr_code or self.currency_id.is_zero(self.amount_residual):
            return ""
        bank = move_sudo.partner_bank_id
        if bank._get_error_messages_for_qr("sct_qr", self.partner_id, self.currency_id):
            return ""
        reference = self.payment_reference or self.name
        return bank.build_qr_code_base64(
            self.amount_residual, reference, reference, self.currency_id, self.partner_id, "sct_qr", silent_errors=True
        )

    def _drk_lang(self):
        """Return the language that the payer reads."""
        self.ensure_one()
        return self.partner_id.lang or self.company_id.partner_id.lang or self.env.lang

    def _drk_reference_rows(self):
        """Hook: the facts beside the address window.

        :return: list of (label, text)
        """
        move_sudo = self.sudo()  # facts of the association and of this invoice
        company = move_sudo.company_id
        rows = [
            (self.env._("Number"), self.name if self.state != "draft" else ""),
            (self.env._("Date"), format_date(self.env, self.invoice_date or fields.Date.context_today(self))),
            (self.env._("Service"), move_sudo._drk_service_text()),
            (self.env._("Corrects"), move_sudo.reversed_entry_id.name),
            (self.env._("Your reference"), self.ref if self.move_type == "out_invoice" else ""),
            (self.env._("Tax number"), company.l10n_de_stnr),
            (self.env._("VAT ID"), company.vat),
        ]
        return [row for row in rows if row[1]]

    def _drk_service_text(self):
        """Return the day or period of the service (UStG § 14 (4) no. 6)."""
        charges = self.drk_charge_ids
        days = [*filter(None, charges.mapped("service_date")), *filter(None, charges.mapped("service_date_end"))]
        days = days or [self.delivery_date or self.invoice_date]
        return format_period(self.env, min(days), max(days)) if all(days) else ""

    def _drk_exemptions(self):
        """Return the reasons for no VAT of this invoice, in the order of its lines.

        :return: list of str
        """
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product" and not line.tax_ids)
        return list(dict.fromkeys(text for text in lines.mapped("drk_exemption_text") if text))

    def _drk_action(self):
        """Return the action that shows these moves."""
        xmlid = (
            "account.action_move_out_refund_type"
            if self[:1].move_type == "out_refund"
            else "account.action_move_out_invoice_type"
        )
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        action["context"] = {"default_move_type": self[:1].move_type or "out_invoice"}
        if len(self) == 1:
            return {**action, "views": [(False, "form")], "view_mode": "form", "res_id": self.id}
        return {**action, "domain": [("id", "in", self.ids)]}

    def action_drk_charges(self):
        """Open the charges of this invoice."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_finance.drk_charge_action")
        return {**action, "domain": [("move_id", "=", self.id)], "context": {}}
