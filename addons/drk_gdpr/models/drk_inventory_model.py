import csv
from pathlib import Path

from odoo import api, fields, models
from odoo.modules.module import get_module_path
from odoo.tools import SQL

OWN_MODULE = "drk_gdpr"
#: Models that are a person: a stored link to one of them makes a record personal.
PERSON_MODELS = {"res.partner", "res.users", "res.partner.bank", "mail.guest"}
#: Columns every table has; who wrote a record and when is treated with the record.
MAGIC_FIELDS = {"id", "create_uid", "create_date", "write_uid", "write_date"}
CSV_COLUMNS = ["model", "field", "class", "category", "person_kinds", "treatment", "sheet", "reason"]
TREATMENTS = [
    ("clear", "Clear"),
    ("symbolic", "Symbolic value"),
    ("keep_until", "Keep until the period ends"),
    ("delete", "Delete the record"),
    ("replace", "Take the values of the person out of the text"),
    ("none", "Leave"),
]


class DrkInventoryModel(models.Model):
    """The inventory of personal data, level 1: whether and how the records of a model belong to a person.

    Keyed by names, so that rows of modules that are not installed lie dormant.
    """

    _name = "drk.inventory.model"
    _description = "Inventory of Personal Data: Model"
    _order = "model"
    _rec_name = "model"

    model = fields.Char(required=True)
    module = fields.Char(required=True, index=True, help="The module whose file declares this row.")
    kind = fields.Selection(
        [
            ("person", "Is a person"),
            ("linked", "Linked to a person"),
            ("indirect", "Reaches a person over another record"),
            ("none", "Free of personal data"),
        ],
        required=True,
    )
    path = fields.Char(help="The fields that lead from a record to the person.")
    treatment = fields.Selection(TREATMENTS, required=True, default="none")
    reason = fields.Char(required=True)
    installed = fields.Boolean(compute="_compute_installed")

    _model_unique = models.Constraint("UNIQUE(model)", "Each model has one row.")

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

    def _compute_installed(self):
        for row in self:
            row.installed = row.model in self.env

    def _register_hook(self):
        """Read the files of the modules that were just installed or updated."""
        super()._register_hook()
        updated = set(self.pool.updated_modules)
        if OWN_MODULE in updated:  # add-ons that were there before could not tell
            updated |= self.pool._init_modules
        for module in sorted(updated):
            self._load_module_inventory(module)

    @api.model
    def _load_module_inventory(self, module):
        """Bring the inventory in line with the files of one module.

        ``drk_gdpr`` ships a file per core and OCA module; every other add-on ships ``data/inventory/<module>.csv`` of its own.

        :param module: name of a module
        """
        path = get_module_path(module, display_warning=False)
        for file in sorted(Path(path, "data", "inventory").glob("*.csv")) if path else []:
            if module == OWN_MODULE or file.stem == module:
                self._load_file(file)

    def _load_file(self, file):
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream, delimiter=";"))
        models_vals = {row["model"]: self._prepare_row_vals(row) for row in rows if not row["field"]}
        self._sync_rows(file.stem, models_vals)
        fields_vals = {(row["model"], row["field"]): row for row in rows if row["field"]}
        self.env["drk.inventory.field"]._sync_rows(file.stem, fields_vals)

    def _prepare_row_vals(self, row):
        """Hook: return the values of a model row; its column ``category`` holds the path to the person."""
        return {
            "model": row["model"],
            "kind": row["class"],
            "path": row["category"] or False,
            "treatment": row["treatment"] or "none",
            "reason": row["reason"],
        }

    @api.model
    def _sync_rows(self, module, wanted):
        """Bring the rows of one file in line with it, touching only what differs.

        :param module: name of the file, which is the name of the module
        :param wanted: dict of model name to values
        """
        existing = {row.model: row for row in self.search([("module", "=", module)])}
        self.browse([row.id for key, row in existing.items() if key not in wanted]).unlink()
        for key, row in existing.items():
            changed = {name: value for name, value in wanted.get(key, {}).items() if row[name] != value}
            if changed:
                row.write(changed)
        self.create([{**vals, "module": module} for key, vals in wanted.items() if key not in existing])

    @api.model
    def _missing_rows(self):
        """List what the installed modules store and the inventory does not know.

        :return: list of lines for a CSV file, e.g. ``"event.registration;drk_lang"``, ready to be completed
        """
        kinds = {row.model: row.kind for row in self.search([])}
        known = {(row.model, row.field) for row in self.env["drk.inventory.field"].search([])}
        missing = []
        for model in self._stored_models():
            if model._name not in kinds:
                missing.append(f"{model._name};")
            wanted = self._expected_fields(model, kinds.get(model._name, "linked"))
            missing += [f"{model._name};{name}" for name in wanted if (model._name, name) not in known]
        return missing + [f"{table};" for table in self._tables_without_model() if table not in kinds]

    @api.model
    def _stored_models(self):
        """Return the models that keep records; transient ones are emptied by Odoo within hours."""
        tables = self._catalogue()
        return [
            model
            for _name, model in sorted(self.env.items())
            if not model._abstract and not model._transient and model._table in tables
        ]

    @api.model
    def _expected_fields(self, model, kind):
        """Return the names that need a row: all stored ones, or for a model of kind none only links to a person."""
        stored = [field for field in model._fields.values() if field.store and field.name not in MAGIC_FIELDS]
        if kind == "none":
            return sorted(field.name for field in stored if self._is_person_link(field))
        names = {field.name for field in stored if field.type != "one2many"}
        columns = self._catalogue()[model._table] - MAGIC_FIELDS
        return sorted(names | columns)

    @api.model
    def _is_person_link(self, field):
        return field.comodel_name in PERSON_MODELS and field.type in ("many2one", "many2many")

    @api.model
    def _tables_without_model(self):
        """Return tables that neither belong to a model nor to a many2many field."""
        known = {model._table for _name, model in self.env.items()}
        for _name, model in self.env.items():
            known |= {field.relation for field in model._fields.values() if field.type == "many2many" and field.store}
        return sorted(set(self._catalogue()) - known)

    @api.model
    def _catalogue(self):
        """Return the columns of every table of the database: dict of table name to set of column names."""
        self.env.cr.execute(
            SQL(
                """
                SELECT c.relname, array_agg(a.attname::text)
                  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                 WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
                   AND a.attnum > 0 AND NOT a.attisdropped
                 GROUP BY c.relname
                """
            )
        )
        return {table: set(columns) for table, columns in self.env.cr.fetchall()}
