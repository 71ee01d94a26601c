from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html_escape

UNTOLD_CATEGORIES = ("engagement", "link", "technical", "log", "file")


class DrkAnonymise(models.TransientModel):
    """Anonymise people by hand, from the form or from a selection (K-4.8, D-ANO-22 to D-ANO-25)."""

    _name = "drk.anonymise"
    _description = "Anonymise people"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_ids = fields.Many2many("res.partner", string="People", readonly=True)
    people_count = fields.Integer("Number of people", compute="_compute_counts")
    done_count = fields.Integer("Already anonymised", compute="_compute_counts")
    company_count = fields.Integer("Of them companies", compute="_compute_counts")
    mark_id = fields.Many2one("drk.mark")
    copy_to_info = fields.Boolean(string="Copy first name, name and street to the internal info before")
    unlink_documents = fields.Boolean(string="Only unlink the documents, do not delete them")
    reason = fields.Char(required=True)
    document_place = fields.Text(string="Documents outside of this system", readonly=True)
    fields_help = fields.Html(string="What is anonymised?", compute="_compute_fields_help")

    @api.depends("partner_ids")
    def _compute_counts(self):
        for wizard in self:
            done = wizard.partner_ids.filtered("drk_anonymised_at")
            wizard.done_count = len(done)
            wizard.people_count = len(wizard.partner_ids - done)
            wizard.company_count = len((wizard.partner_ids - done).filtered("is_company"))

    @api.depends("company_id")
    def _compute_fields_help(self):
        """The fields of a person that the inventory clears or replaces, by what they say (K-4.8-19)."""
        # sudo: the inventory says which fields there are, nothing about anybody
        rows = (
            self.env["drk.inventory.field"]
            .sudo()
            .search([("model", "=", "res.partner"), ("treatment", "in", ("clear", "symbolic", "delete"))])
        )
        rows = rows.filtered(lambda row: row.is_personal and self._is_told(row))
        categories = dict(self.env["drk.inventory.field"]._fields["category"]._description_selection(self.env))
        lines = [
            Markup("<li><strong>%s:</strong> %s</li>")
            % (html_escape(categories[category]), ", ".join(sorted(set(of_category.mapped("label")))))
            for category, of_category in rows.grouped("category").items()
        ]
        for wizard in self:
            wizard.fields_help = Markup("<ul>%s</ul>") % Markup("").join(lines)

    @api.model
    def _is_told(self, row):
        """What only the system works with (keys of the search, links) tells a reader nothing."""
        return row.label != row.field and row.category not in UNTOLD_CATEGORIES and not row.field.endswith("_key")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "res.partner":
            people = self.env["res.partner"].browse(self.env.context.get("active_ids") or [])
            self._check_people(people)
            company = people.company_id
            values |= {"company_id": company.id, "partner_ids": [fields.Command.set(people.ids)]}
            values |= self.env["drk.erasure.run"]._company_options(company)
            values["document_place"] = company.sudo().drk_document_place  # a text for exactly this dialog
        return {name: value for name, value in values.items() if name in fields_list}

    @api.model
    def _check_people(self, people):
        self.env["drk.erasure.run"]._check_right()
        people.check_access("read")
        if not people or any(not person.drk_is_person for person in people) or len(people.company_id) > 1:
            raise UserError(self.env._("Please choose people of one association."))

    def action_preview(self):
        """Prepare the run and show what it would do, before anything is erased."""
        self.ensure_one()
        people = self.partner_ids.filtered(lambda person: not person.drk_anonymised_at)
        self._check_people(people)
        run = self.env["drk.erasure.run"]._create_for(
            people,
            "manual",
            reason=self.reason,
            **{name: value for name, value in self._prepare_options().items() if value},
        )
        run._check_switched_on()
        run.action_preview()
        return {
            "type": "ir.actions.act_window",
            "res_model": run._name,
            "res_id": run.id,
            "view_mode": "form",
            "target": "current",
        }

    def _prepare_options(self):
        return {
            "copy_to_info": self.copy_to_info,
            "unlink_documents": self.unlink_documents,
            "mark_id": self.mark_id.id,
        }
