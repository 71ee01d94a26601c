"""The access matrix: a reviewed table says who may do what with own and with foreign records, and is tried.

Each add-on ships ``tests/access_matrix.csv`` (``model;tenant;role;own;foreign``) and, for models with an association's
data, ``tests/access_matrix_records.py`` with ``BUILDERS``: model -> ``function(env, company) -> record``.

- tenant: ``company`` and ``person`` (an association's data), ``shared``, ``transient`` (a rule keeps each row to who made
  it), ``abstract`` (no roles)
- role: xmlid of a group, ``portal`` or ``public``; each model of an add-on needs a row for portal, public and each
  group of that add-on that has access rights of its own
- own, foreign: letters of ``crud`` that are allowed, or ``-``; a shared model has the same in both
"""

import csv
from importlib import import_module

from odoo.addons.drk_base.tests.common import DrkCase
from odoo.tools import file_open

OPERATIONS = {"c": "create", "r": "read", "u": "write", "d": "unlink"}
TENANT_KINDS = {"company", "person", "shared", "transient", "abstract"}
ROLES = {"portal": "base.group_portal", "public": "base.group_public"}
COLUMNS = ["model", "tenant", "role", "own", "foreign"]


def read_matrix(module):
    """Return the rows of an add-on's table as dicts.

    :raise FileNotFoundError: when the add-on ships none
    """
    with file_open(f"{module}/tests/access_matrix.csv") as stream:
        reader = csv.DictReader(stream, delimiter=";")
        if reader.fieldnames != COLUMNS:
            raise ValueError(f"{module}: the columns of the access matrix are {';'.join(COLUMNS)}")
        return list(reader)


def read_builders(modules):
    """Return model -> builder of all these add-ons."""
    builders = {}
    for module in modules:
        try:
            builders |= import_module(f"odoo.addons.{module}.tests.access_matrix_records").BUILDERS
        except ModuleNotFoundError as exc:
            if not exc.name.endswith("access_matrix_records"):
                raise
    return builders


class AccessMatrixCase(DrkCase):
    """Tries the tables of the add-ons; subclass it, or use ``_check_module`` in a test of your own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        installed = cls.env["ir.module.module"].search([("state", "=", "installed"), ("name", "=like", "drk\\_%")])
        cls.modules = sorted(installed.mapped("name"))
        cls.builders = read_builders(cls.modules)

    def setUp(self):
        super().setUp()
        self.users, self.records = {}, {}
        # builders may leave a stand-in until the transaction ends: that is now, the cursor of the tests lives on
        self.addCleanup(self.env.cr.postrollback.run)

    def _check_module(self, module):
        """Fail on each model without a row, each wrong row and each cell that is not as the table says."""
        rows = read_matrix(module)
        problems = self._missing_rows(module, rows)
        for row in rows:
            problems += self._wrong_row(row) or self._wrong_cells(row)
        self.assertFalse(problems, f"{module}: access matrix\n" + "\n".join(problems))

    # what must be listed

    def _own_models(self, module):
        return sorted(name for name, model in self.registry.items() if model._original_module == module)

    def _needed_roles(self, module):
        data = self.env["ir.model.data"].search([("module", "=", module), ("model", "=", "res.groups")])
        groups = self.env["res.groups"].browse(data.mapped("res_id"))
        # a group without rights of its own (a lock, a button) has those of the groups it implies, and they are listed
        own = groups.filtered(lambda group: group.model_access or group.rule_groups)
        return {"portal", "public", *data.filtered(lambda row: row.res_id in own.ids).mapped("complete_name")}

    def _missing_rows(self, module, rows):
        listed = {(row["model"], row["role"]) for row in rows}
        problems = []
        if len(listed) != len(rows):
            problems.append("a model and role is listed twice")
        for model in self._own_models(module):
            abstract = self.registry[model]._abstract
            needed = {""} if abstract else self._needed_roles(module)
            problems += [
                f"{model}: no row for {role or 'abstract'}" for role in sorted(needed) if (model, role) not in listed
            ]
        return problems

    # whether a row is well formed and its model built as the row says

    def _wrong_row(self, row):
        model, tenant = row["model"], row["tenant"]
        if model not in self.registry or tenant not in TENANT_KINDS:
            return [f"{model}: no such model or tenant kind ({tenant})"]
        if self._kind_of(model) != {"transient": "transient", "abstract": "abstract"}.get(tenant, "table"):
            return [f"{model}: is no {tenant} model"]
        if tenant == "shared" and row["own"] != row["foreign"]:
            return [f"{model}: a shared model has no foreign records"]
        if tenant == "company" and model.startswith("drk.") and not self._has_company_rule(model):
            return [f"{model}: needs company_id and a global rule with all four permissions"]
        if tenant == "transient" and model.startswith("drk.") and not self._has_owner_rule(model):
            return [f"{model}: needs a global rule on create_uid, core lets each user read the rows of all others"]
        return []

    def _kind_of(self, model):
        model_class = self.registry[model]
        if model_class._transient:
            return "transient"
        return "abstract" if model_class._abstract else "table"

    def _has_company_rule(self, model):
        return "company_id" in self.env[model]._fields and self._has_complete_rule(model, "company")

    def _has_owner_rule(self, model):
        return self._has_complete_rule(model, "create_uid")

    def _has_complete_rule(self, model, word):
        rules = self.env["ir.rule"].search([("model_id.model", "=", model), ("groups", "=", False)])
        complete = rules.filtered(lambda r: r.perm_read and r.perm_write and r.perm_create and r.perm_unlink)
        return any(word in (rule.domain_force or "") for rule in complete)

    # whether the cells are true

    def _wrong_cells(self, row):
        if row["tenant"] == "abstract":
            return []
        user = self._role_user(row["role"])
        own = self._allowed(self._record(row, self.association_a), user)
        problems = self._compare(row, "own", own)
        if row["tenant"] in ("company", "person"):
            problems += self._compare(row, "foreign", self._allowed(self._record(row, self.association_b), user))
        return problems

    def _compare(self, row, column, allowed):
        expected = "".join(letter for letter in "crud" if letter in row[column]) or "-"
        if expected == allowed and set(row[column]) <= set("crud-"):
            return []
        return [f"{row['model']} {row['role']} {column}: the table says {row[column]}, true is {allowed}"]

    def _role_user(self, role):
        if role not in self.users:
            login = f"matrix {role}"
            self.users[role] = self._user(login, ROLES.get(role, role), self.association_a)
        return self.users[role]

    def _record(self, row, company):
        """Return a record of that association; an empty set where rules cannot differ or the table needs none."""
        model = row["model"]
        if row["tenant"] in ("shared", "transient"):
            return self.env[model].with_company(company)
        if (model, company) not in self.records:
            if model not in self.builders:
                self.fail(f"{model}: no builder in access_matrix_records.py")
            env = self.env(context={**self.env.context, "allowed_company_ids": company.ids})
            record = self.builders[model](env, company.with_env(env))
            self.env.flush_all()
            self.records[model, company] = record
        return self.records[model, company]

    def _allowed(self, record, user):
        env = self.env(user=user.id, su=False, context={"allowed_company_ids": user.company_ids.ids})
        record = record.with_env(env)
        letters = "".join(letter for letter, operation in OPERATIONS.items() if record.has_access(operation))
        if record and ("r" in letters) != self._is_found(record):
            letters += " (but a search differs)"
        return letters or "-"

    def _is_found(self, record):
        model = record.browse().with_context(active_test=False)
        return model.has_access("read") and bool(model.search([("id", "in", record.ids)]))
