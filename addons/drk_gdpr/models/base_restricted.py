from odoo import models


class Base(models.AbstractModel):
    """Who may not see a restricted person does not read their name at a stored link either (GDPR Art. 18(2)).

    Core makes the names of linked records as the superuser. What a mail, a document or another step made as the superuser
    takes from a person stays true: names are left out where records go to the client.
    """

    _inherit = "base"  # pylint: disable=consider-merging-classes-inherited

    def _drk_nameless(self):
        """Hook: return those of these records whose names the user is not to see, on models with guarded names."""
        return self.browse()

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        if load == "_classic_read" and not self.env.su:
            for name in fnames:
                self._drk_hide_pairs(name, rows)
        return rows

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

    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        formatter = super()._web_read_group_groupby_formatter(groupby_spec, values)
        if self.env.su or not self._drk_leads_to_people(groupby_spec):
            return formatter
        hidden = self._drk_nameless_ids(groupby_spec, (value.id for value in values))

        def hide(value):
            label, domain = formatter(value)
            return ((value.id, self._drk_no_name()) if value.id in hidden else label), domain

        return hide

    def _read_group_format_result(self, rows_dict, lazy_groupby):
        result = super()._read_group_format_result(rows_dict, lazy_groupby)
        if not self.env.su:
            for group in lazy_groupby:
                self._drk_hide_pairs(group, rows_dict)
        return result

    # ------------------------------------------------------------------ which names
    def _drk_hide_pairs(self, name, rows):
        """Take the names of hidden people out of pairs of number and name."""
        if not self._drk_leads_to_people(name):
            return
        hidden = self._drk_nameless_ids(name, (row[name][0] for row in rows if row.get(name)))
        for row in rows if hidden else ():
            if row.get(name) and row[name][0] in hidden:
                row[name] = (row[name][0], self._drk_no_name())

    def _drk_leads_to_people(self, name):
        field = self._fields.get(name)
        return field is not None and field.type == "many2one" and self.env[field.comodel_name]._drk_name_is_guarded

    def _drk_nameless_ids(self, name, ids):
        linked = self.env[self._fields[name].comodel_name].browse({number for number in ids if number})
        return set(linked._drk_nameless().ids) if linked else set()

    def _drk_no_name(self):
        return self.env._("Restricted person")
