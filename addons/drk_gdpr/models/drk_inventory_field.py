from odoo import api, fields, models, tools

from .drk_inventory_model import TREATMENTS

PERSON_KINDS = ("participant", "registration", "company", "lecturer", "address", "user", "visitor")

#: Categories whose values tell who somebody is, and the types of their fields: a choice, e.g. a band of ages, does not.
TELLING = ("identity", "communication", "birth")
TELLING_TYPES = ("char", "text", "html", "date")


class DrkInventoryField(models.Model):
    """The inventory of personal data, level 2: one stored field, what it says about whom, and what erasure does to it."""

    _name = "drk.inventory.field"
    _description = "Inventory of Personal Data: Field"
    _order = "model, field"
    _rec_name = "field"

    model = fields.Char(required=True, index=True)
    field = fields.Char(required=True)
    module = fields.Char(required=True, index=True, help="The module whose file declares this row.")
    category = fields.Selection(
        [
            ("identity", "Name and identity"),
            ("birth", "Birth"),
            ("address", "Address"),
            ("communication", "Communication"),
            ("bank", "Bank data"),
            ("money", "Payments and prices"),
            ("social", "Social data"),
            ("health", "Health data"),
            ("consent", "Consent"),
            ("engagement", "Engagement"),
            ("text", "Free text"),
            ("file", "File or picture"),
            ("link", "Link to a person"),
            ("access", "Access and security"),
            ("log", "Log"),
            ("technical", "Technical, says nothing about a person"),
        ],
        required=True,
    )
    person_kinds = fields.Char(
        string="Kinds of person", help="Whom the field says something about, separated by commas."
    )
    treatment = fields.Selection(TREATMENTS, required=True, default="none")
    on_sheet = fields.Boolean(string="On the access sheet")
    reason = fields.Char(required=True)
    is_personal = fields.Boolean(string="Personal data", compute="_compute_is_personal", search="_search_is_personal")
    label = fields.Char(compute="_compute_label")

    _field_unique = models.Constraint("UNIQUE(model, field)", "Each field has one row.")

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()  # the plan of the erasure is made of these rows
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.depends("category")
    def _compute_is_personal(self):
        for row in self:
            row.is_personal = row.category != "technical"

    def _search_is_personal(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("category", "!=" if True in value else "=", "technical")]

    @api.depends("model", "field")
    def _compute_label(self):
        for row in self:
            field = row.model in self.env and self.env[row.model]._fields.get(row.field)
            row.label = field._description_string(self.env) if field else row.field

    @api.model
    @tools.ormcache("model")
    def _telling_fields(self, model):
        """:return: frozenset of the names of the fields of a model that tell who somebody is, what is made of them too"""
        rows = self.sudo().search([("category", "in", TELLING)])  # sudo: names of fields
        known = {(row.model, row.field) for row in rows}
        return frozenset(
            field.name
            for field in self.env[model]._fields.values()
            if field.type in TELLING_TYPES
            and (
                (model, field.name) in known
                or any(self._path_end(model, path) in known for path in self._made_of(field))
            )
        )

    @api.model
    def _made_of(self, field):
        return () if field.store else self.pool.field_depends.get(field, ())

    @api.model
    def _path_end(self, model, path):
        end = None
        for name in path.split("."):
            end, model = (model, name), self.env[model]._fields[name].comodel_name
        return end

    @api.model
    def _sync_rows(self, module, rows_by_key):
        """Bring the rows of one file in line with it.

        :param module: name of the file, which is the name of the module
        :param rows_by_key: dict of (model, field) to CSV row
        """
        wanted = {key: self._prepare_row_vals(row) for key, row in rows_by_key.items()}
        existing = {(row.model, row.field): row for row in self.search([("module", "=", module)])}
        self.browse([row.id for key, row in existing.items() if key not in wanted]).unlink()
        for key, row in existing.items():
            changed = {name: value for name, value in wanted.get(key, {}).items() if row[name] != value}
            if changed:
                row.write(changed)
        self.create([{**vals, "module": module} for key, vals in wanted.items() if key not in existing])

    def _prepare_row_vals(self, row):
        """Hook: return the values of a field row from a CSV row."""
        return {
            "model": row["model"],
            "field": row["field"],
            "category": row["category"],
            "person_kinds": row["person_kinds"] or False,
            "treatment": row["treatment"] or "none",
            "on_sheet": row["sheet"] == "1",
            "reason": row["reason"],
        }
