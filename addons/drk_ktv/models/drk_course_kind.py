import csv

from odoo import api, fields, models
from odoo.tools import file_open

GERMAN = {"de_DE", "de_AT", "de_CH"}


class DrkCourseKind(models.Model):
    """Kursart: what all dates of one kind of course share."""

    _name = "drk.course.kind"
    _description = "Course kind"
    _inherit = ["drk.association.mixin"]
    _order = "sequence, code, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    units = fields.Integer(string="Teaching units", help="Units of 45 minutes (UE).")
    description_web = fields.Html(string="Text for the website", translate=True)
    seats_min = fields.Integer(string="Minimum participants", default=1)
    seats_max = fields.Integer(string="Places", default=15, required=True)
    is_bg_billable = fields.Boolean(
        string="Billable to accident insurers",
        help="The accident insurer (BG, Unfallkasse) pays the fee of company first aiders; it also limits the group.",
    )
    refresher_months = fields.Integer(string="Refresher after (months)", help="0: no refresher is due.")
    age_min = fields.Integer(string="Minimum age")
    number_prefix = fields.Char(string="Prefix of course numbers", required=True)
    web_published = fields.Boolean(string="On the website", default=True)
    price_ids = fields.One2many("drk.course.price", "kind_id", string="Prices", copy=True)
    event_count = fields.Integer(string="Course dates", compute="_compute_event_count")

    _code_uniq = models.UniqueIndex("(company_id, code)", "A course kind with this code exists already.")
    _number_prefix_form = models.Constraint(
        "CHECK(number_prefix ~ '^[A-Z0-9][A-Z0-9-]{0,19}$')",
        "The prefix of course numbers has at most 20 capital letters (A-Z), digits and hyphens: it stands in addresses.",
    )
    _seats_positive = models.Constraint(
        "CHECK(seats_max > 0 AND seats_min >= 0 AND seats_min <= seats_max)",
        "The number of places must be positive and not below the minimum.",
    )

    def _compute_event_count(self):
        counts = dict(
            self.env["event.event"]._read_group([("drk_kind_id", "in", self.ids)], ["drk_kind_id"], ["__count"])
        )
        for kind in self:
            kind.event_count = counts.get(kind, 0)

    @api.onchange("code")
    def _onchange_code(self):
        self.number_prefix = self.number_prefix or (self.code or "").upper()

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_upper_prefix(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_upper_prefix(vals))

    @api.model
    def _with_upper_prefix(self, vals):
        prefix = vals.get("number_prefix")
        return {**vals, "number_prefix": prefix.strip().upper()} if prefix else vals

    def action_view_events(self):
        """Open the dates of this kind."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.event_event_action")
        return action | {"context": {"search_default_drk_kind_id": self.id, "default_drk_kind_id": self.id}}

    def _price_on(self, day, payer_kind="self", prices=None):
        """What one place costs.

        :param day: date of the course
        :param payer_kind: key of the payer kinds
        :param prices: the prices of the kind, where they are at hand
        :return: EUR, or None when no price is set (volunteers pay nothing unless a price says so)
        """
        self.ensure_one()
        prices = self.price_ids if prices is None else prices
        for kind in self._price_fallbacks(payer_kind):
            valid = prices.filtered(lambda p, kind=kind: p.payer_kind == kind and p.date_from <= day)
            if valid:
                return max(valid, key=lambda price: price.date_from).amount
        return 0.0 if payer_kind == "volunteer" else None

    def _fetch_prices(self):
        """Return the prices in one statement; ``price_ids`` takes two and reads those of all kinds at hand."""
        return self.env["drk.course.price"].search_fetch(
            [("kind_id", "in", self.ids)], ["payer_kind", "date_from", "amount"]
        )

    @api.model
    def _price_fallbacks(self, payer_kind):
        """Hook: price lists to look into, in order."""
        shares_self = ("company", "school", "voucher")
        return [payer_kind, "self"] if payer_kind in shares_self else [payer_kind]

    # ------------------------------------------------------------------ seeds
    @api.model
    def _load_standard_kinds(self, company):
        """Create the standard kinds an association does not have yet.

        :param company: ``res.company`` singleton
        :return: the created ``drk.course.kind``
        """
        existing = set(self.with_context(active_test=False).search([("company_id", "=", company.id)]).mapped("code"))
        rows = [row for row in self._standard_kind_rows() if row["code"] not in existing]
        kinds = self.with_context(lang="en_US").create([self._prepare_standard_kind_vals(company, row) for row in rows])
        for kind, row in zip(kinds, rows, strict=True):
            kind._write_german("name", row["name_de"])
            kind._write_german("description_web", row["description_de"])
        return kinds.with_env(self.env)

    def _write_german(self, name, words):
        """Add the German of a standard text. Html is translated paragraph by paragraph: both have the same number."""
        german = {code for code, _name in self.env["res.lang"].get_installed()} & GERMAN
        if words and self._fields[name].type == "html":
            terms = self._fields[name].get_trans_terms
            words = dict(zip(terms(self.with_context(lang="en_US")[name]), terms(words), strict=True))
        if words:
            self.update_field_translations(name, dict.fromkeys(german, words))

    @api.model
    def _standard_kind_rows(self):
        with file_open("drk_ktv/data/course_kinds.csv") as stream:
            return list(csv.DictReader(stream, delimiter=";"))

    @api.model
    def _prepare_standard_kind_vals(self, company, row):
        """Hook: values of a standard kind from its row of the file."""
        integers = ("sequence", "color", "units", "seats_min", "seats_max", "refresher_months", "age_min")
        vals = {name: int(row[name] or 0) for name in integers}
        price = {"payer_kind": "bg", "date_from": "2024-01-01", "amount": float(row["price_bg_2024"] or 0)}
        return vals | {
            "company_id": company.id,
            "code": row["code"],
            "number_prefix": row["code"],
            "name": row["name_en"],
            "description_web": row["description_en"],
            "is_bg_billable": row["is_bg_billable"] == "1",
            "price_ids": [fields.Command.create(price)] if price["amount"] else [],
        }
