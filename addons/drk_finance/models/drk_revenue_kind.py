import csv

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import file_open, format_date


class DrkRevenueKind(models.Model):
    """What an association is paid for (Erlösart): account, VAT or the reason for none, and sphere, by date."""

    _name = "drk.revenue.kind"
    _description = "Revenue Kind"
    _inherit = ["drk.association.mixin"]
    _order = "sequence, code, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, size=12)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    rule_ids = fields.One2many("drk.revenue.rule", "kind_id", string="Rules", copy=True)
    rule_id = fields.Many2one("drk.revenue.rule", string="Rule of today", compute="_compute_rule_id")
    account_id = fields.Many2one("account.account", compute="_compute_rule_id")
    sphere_id = fields.Many2one("account.analytic.account", compute="_compute_rule_id")
    exemption_text = fields.Char("Reason for no VAT", compute="_compute_rule_id")

    _code_unique = models.Constraint("UNIQUE(company_id, code)", "A revenue kind with this code exists already.")

    @api.depends("rule_ids.date_from", "rule_ids.account_id", "rule_ids.sphere_id", "rule_ids.exemption_text")
    def _compute_rule_id(self):
        today = fields.Date.context_today(self)
        for kind in self:
            rule = kind._drk_find_rule(today)
            kind.rule_id, kind.account_id, kind.sphere_id = rule, rule.account_id, rule.sphere_id
            kind.exemption_text = rule.exemption_text

    def copy_data(self, default=None):
        return [
            {**vals, "code": self.env._("%s copy", kind.code)[:12]}
            for kind, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def _drk_find_rule(self, day):
        """Return the rule that holds on a day, empty without one."""
        rules = self.rule_ids.filtered(lambda rule: rule.date_from and rule.date_from <= day)
        return rules.sorted("date_from")[-1:]

    def _drk_rule_on(self, day):
        """Return the rule that holds on a day.

        :param day: date of the service
        :return: ``drk.revenue.rule`` singleton
        :raise UserError: when none is entered
        """
        self.ensure_one()
        rule = self._drk_find_rule(fields.Date.to_date(day))
        if not rule:
            raise UserError(
                self.env._(
                    "The revenue kind “%(kind)s” has no rule for %(day)s. Please add account, VAT and sphere.",
                    kind=self.name,
                    day=format_date(self.env, day),
                )
            )
        return rule

    # ------------------------------------------------------------------ seeds
    @api.model
    def _load_standard_kinds(self, company):
        """Create the standard kinds that an association does not have yet, and fill in accounts once there is a chart.

        :param company: ``res.company`` singleton
        :return: the created ``drk.revenue.kind``
        """
        kinds = self.with_context(active_test=False, lang="en_US").search([("company_id", "=", company.id)])
        rows = {row["code"]: row for row in self._standard_kind_rows()}
        missing = [row for code, row in rows.items() if code not in kinds.mapped("code")]
        created = kinds.create([self._prepare_standard_kind_vals(company, row) for row in missing])
        created._translate_standard(missing)
        for kind in kinds.filtered(lambda kind: kind.code in rows and kind.active):
            kind._complete_standard(company, rows[kind.code])
        return created.with_env(self.env)

    @api.model
    def _standard_kind_rows(self):
        with file_open("drk_finance/data/revenue_kinds.csv") as stream:
            return list(csv.DictReader(stream, delimiter=";"))

    @api.model
    def _prepare_standard_kind_vals(self, company, row):
        """Hook: values of a standard kind from its row of the file."""
        rule = {
            "date_from": row["date_from"],
            "exemption_text": row["exemption_en"],
            "source": row["source"],
            "sphere_id": company._drk_sphere(row["sphere"]).id,
            **self._standard_accounting(company, row),
        }
        vals = {"company_id": company.id, "code": row["code"], "sequence": int(row["sequence"])}
        return {**vals, "name": row["name_en"], "rule_ids": [(0, 0, rule)]}

    @api.model
    def _standard_accounting(self, company, row):
        """Look up account and tax softly: a company without chart gets a rule without them."""
        column = "account_skr04" if company.chart_template == "de_skr04" else "account_skr03"
        domain = [("company_ids", "in", company.ids), ("code", "=like", row[column] + "%")]
        accounts = self.env["account.account"].with_company(company)
        account = accounts.search(domain, limit=1, order="code") if company.chart_template else accounts
        tax = company._drk_tax_included(float(row["vat"])) if row["vat"] and account else self.env["account.tax"]
        if row["vat"] and not tax:
            account = account.browse()
        return {"account_id": account.id, "tax_ids": [(6, 0, tax.ids)]}

    def _translate_standard(self, rows):
        german = {code for code, _name in self.env["res.lang"].get_installed()} & {"de_DE", "de_AT", "de_CH"}
        for kind, row in zip(self, rows, strict=True):
            for lang in german:
                kind.with_context(lang=lang).name = row["name_de"]
                if row["exemption_de"]:
                    kind.rule_ids.with_context(lang=lang).exemption_text = row["exemption_de"]

    def _complete_standard(self, company, row):
        """Fill in what could not be known before the chart was loaded; never change what somebody entered."""
        for rule in self.rule_ids.filtered(lambda rule: not rule.account_id):
            vals = self._standard_accounting(company, row)
            if vals["account_id"]:
                rule.write(vals)
