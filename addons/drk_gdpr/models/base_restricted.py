from collections import defaultdict

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

#: Aggregates that show no value.
COUNTS = ("count", "count_distinct")


class Base(models.AbstractModel):
    """Who may not see a restricted person does not read their name at a stored link either (GDPR Art. 18(2)).

    Core makes the names of linked records as the superuser. What a mail, a document or another step made as the superuser
    takes from a person stays true: names are left out where records go to the client.
    """

    _inherit = "base"  # pylint: disable=consider-merging-classes-inherited

    #: Set on models whose records are nameless with the person, or the record of a person, in this link.
    _drk_named_by = None

    def _drk_nameless(self):
        """Hook: return those of these records whose names the user is not to see, on models with guarded names."""
        return self._drk_nameless_by(self._drk_named_by) if self._drk_named_by else self.browse()

    @api.model
    def _drk_nameless_domain(self):
        """Hook: return the ``Domain`` of all records that are nameless for the user, for a search as the superuser."""
        if not self._drk_named_by:
            return Domain.FALSE
        linked = self.env[self._fields[self._drk_named_by].comodel_name]
        return Domain(self._drk_named_by, "any", linked._drk_nameless_domain())

    @api.model
    def _drk_telling(self):
        """Hook: return the names of the fields that tell who a nameless record is about, beside its name."""
        return frozenset()

    # ------------------------------------------------------------------ search
    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access) and self._drk_asks_for_names(domain):
            # whoever types a name is not told that it is the one of a hidden person
            everything = self.sudo().with_context(active_test=False)
            domain = Domain(domain) & Domain("id", "not in", everything._search(self._drk_nameless_domain()))
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    @api.model
    def _drk_asks_for_names(self, domain):
        if not (self._drk_name_is_guarded or self._drk_telling()):
            return False
        # the value last: that of other fields can be a query, which would be made to ask whether it is empty
        parts = ((part.field_expr.split(".")[0], part) for part in Domain(domain).iter_conditions())
        asked = any(self._drk_told([name]) and part.value for name, part in parts)
        return asked and self.env["res.partner"]._drk_hides_people()

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        pairs = super().name_search(name, domain, operator, limit)
        if self.env.su or not self._drk_name_is_guarded:
            return pairs
        hidden = set(self.browse([number for number, _label in pairs])._drk_nameless().ids)
        return [(number, self._drk_no_name() if number in hidden else label) for number, label in pairs]

    # ------------------------------------------------------------------ read
    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        if self.env.su:
            return rows
        told = self._drk_told(fnames)
        hidden = set(self._drk_nameless().ids) if told and rows else ()
        for row in rows if hidden else ():
            if getattr(row["id"], "origin", row["id"]) in hidden:  # the number of a form is a new one
                row |= {name: self._drk_shown_instead(name) for name in told}
        if load == "_classic_read":
            for name in fnames:
                self._drk_hide_pairs(name, rows)
        return rows

    def copy_data(self, default=None):
        copies = super().copy_data(default)
        told = () if self.env.su else self._drk_told(self._fields)
        hidden = self._drk_nameless() if told else ()
        for record, vals in zip(self, copies, strict=True):
            if vals and record in hidden:  # no values: the record is being copied already
                for name in told:
                    vals.pop(name, None)
        return copies

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        instead = {} if self.env.su else self._drk_exported_instead(fields)
        if not instead:
            return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        lines, plain_ids = [], []
        for record in self:
            if record.id not in instead:
                plain_ids.append(record.id)
                continue
            lines += super(Base, self.browse(plain_ids))._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
            plain_ids = []
            shown = instead[record.id]
            paths = [[".id"] if column in shown else path for column, path in enumerate(fields)]
            rows = super(Base, record)._export_rows(paths, _is_toplevel_call=_is_toplevel_call)
            for column, value in shown.items():
                rows[0][column] = value
            lines += rows
        return lines + super(Base, self.browse(plain_ids))._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    def _drk_exported_instead(self, paths):
        """Return what nameless records and links to them show: dict of number to dict of column to text."""
        instead = defaultdict(dict)
        own = {column: path[0] for column, path in enumerate(paths) if path and self._drk_told(path[:1])}
        for number in self._drk_nameless().ids if own else ():
            instead[number] = {column: self._drk_shown_instead(name) or "" for column, name in own.items()}
        for column, path in enumerate(paths):
            if path and self._drk_leads_to_people(path[0]):
                shown = self._drk_no_name() if path[1:] in ([], ["display_name"], ["name"]) else ""
                linked = {record.id: record[path[0]].id for record in self.sudo()}  # sudo: only numbers
                hidden = self._drk_nameless_ids(path[0], linked.values())
                for number in (number for number, person in linked.items() if person in hidden):
                    instead[number][column] = shown
        return instead

    def web_read(self, specification):
        rows = super().web_read(specification)
        if self.env.su:
            return rows
        for name, spec in specification.items():
            if self._drk_leads_to_people(name) and "display_name" in (spec.get("fields") or ()):
                shown = [row[name] for row in rows if row.get(name)]
                hidden = self._drk_nameless_ids(name, (value["id"] for value in shown))
                for value in shown:
                    if value["id"] in hidden:
                        value["display_name"] = self._drk_no_name()
        return rows

    # ------------------------------------------------------------------ groups
    def _read_group_groupby(self, alias, groupby_spec, query):
        self._drk_check_grouped(groupby_spec.split(":")[0])
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, func = aggregate_spec.partition(":")
        if func not in COUNTS:
            self._drk_check_grouped(name)
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _drk_check_grouped(self, name):
        """Refuse to list the values of a field that hidden people have too; a group knows no records."""
        if not self.env.su and name in self._drk_telling() and self.env["res.partner"]._drk_hides_people():
            raise AccessError(self.env._("Data of restricted people is not grouped. Please group by something else."))

    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        formatter = super()._web_read_group_groupby_formatter(groupby_spec, values)
        if self.env.su or "." in groupby_spec:  # the model at the end of a path has its formatter
            return formatter
        records = [value for value in values if isinstance(value, models.BaseModel) and value._drk_name_is_guarded]
        linked = records[0].browse({record.id for record in records if record.id}) if records else self.browse()
        hidden = set(linked._drk_nameless().ids) if linked else ()
        if not hidden:
            return formatter

        def hide(value):
            label, domain = formatter(value)
            return ((value.id, self._drk_no_name()) if value.id in hidden else label), domain

        return hide

    def _read_group_format_result(self, rows_dict, lazy_groupby):
        result = super()._read_group_format_result(rows_dict, lazy_groupby)
        if not self.env.su:
            for group in lazy_groupby:
                self._drk_hide_pairs(group, rows_dict, "many2many")
        return result

    # ------------------------------------------------------------------ which names
    def _drk_hide_pairs(self, name, rows, *types):
        """Take the names of hidden people out of pairs of number and name."""
        if not self._drk_leads_to_people(name, *types):
            return
        hidden = self._drk_nameless_ids(name, (row[name][0] for row in rows if row.get(name)))
        for row in rows if hidden else ():
            if row.get(name) and row[name][0] in hidden:
                row[name] = (row[name][0], self._drk_no_name())

    def _drk_leads_to_people(self, name, *types):
        field = self._fields.get(name)
        if field is None or field.type not in ("many2one", *types):
            return False
        return self.env[field.comodel_name]._drk_name_is_guarded

    def _drk_nameless_ids(self, name, ids):
        linked = self.env[self._fields[name].comodel_name].browse({number for number in ids if number})
        return set(linked._drk_nameless().ids) if linked else set()

    def _drk_nameless_by(self, name):
        """Return those of these records whose record in this field, e.g. their person, has no name for the user."""
        if self.env.su or not self or not self.env["res.partner"]._drk_hides_people():
            return self.browse()
        # sudo: the answer is only that there is no name to show
        hidden = set(self.sudo()[name].with_env(self.env)._drk_nameless().ids)
        return self.filtered(lambda record: record.sudo()[name].id in hidden) if hidden else self.browse()

    # ------------------------------------------------------------------ records by model and number
    def _drk_of_nameless_documents(self, model_field):
        """Return those of these records, e.g. messages, whose ``res_id`` is a nameless record."""
        # sudo: model and number of what the user reads; the answer is only that there is no name to show
        by_model = self.sudo().filtered("res_id").grouped(model_field)
        hidden = {
            model: set(self.env[model].browse(records.mapped("res_id"))._drk_nameless().ids)
            for model, records in by_model.items()
            if model in self.env
        }
        return self.filtered(lambda record: record.sudo().res_id in hidden.get(record.sudo()[model_field], ()))

    @api.model
    def _drk_nameless_documents_domain(self, model_field):
        """Return the ``Domain`` of all records, e.g. messages, whose ``res_id`` is a nameless record."""
        parts = []
        for model in self.env:
            hidden = self.env[model]._drk_nameless_domain() if self.env[model]._drk_name_is_guarded else Domain.FALSE
            if not hidden.is_false():
                numbers = self.env[model].sudo().with_context(active_test=False)._search(hidden)
                parts.append(Domain(model_field, "=", model) & Domain("res_id", "in", numbers))
        return Domain.OR(parts)

    @api.model
    def _drk_told(self, fnames):
        """Return those of the fields that a nameless record does not show."""
        telling = self._drk_telling() | {"display_name"} if self._drk_name_is_guarded else self._drk_telling()
        return [name for name in fnames if name in telling]

    @api.model
    def _drk_shown_instead(self, name):
        return self._drk_no_name() if name.endswith("name") else False

    def _drk_no_name(self):
        return self.env._("Restricted person")
