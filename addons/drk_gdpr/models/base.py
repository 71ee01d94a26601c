from odoo import SUPERUSER_ID, api, models

PARTNER = "res.partner"
USER = "res.users"


class Base(models.AbstractModel):
    """Nobody links a record to a person they may not read: the client would show the name of the linked person.

    The client also shows names of records that are not saved yet: ``onchange`` and the defaults are doors of their own.
    """

    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        self._drk_check_linked_people(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._drk_check_linked_people([vals])
        return super().write(vals)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        self.browse()._drk_check_shown_people(defaults)
        return defaults

    def onchange(self, values, field_names, fields_spec):
        self._drk_check_shown_people(values)
        result = super().onchange(values, field_names, fields_spec)
        if not field_names:  # models may add defaults of their own, e.g. from the chosen records
            shown = result.get("value") or {}
            self._drk_check_shown_people(
                {
                    name: value
                    for name, value in shown.items()
                    if name in self._fields and not self._fields[name].compute
                }
            )
        return result

    @api.model
    def _drk_check_linked_people(self, vals_list):
        if self.env.su:
            return
        ids = {
            value
            for vals in vals_list
            for name, value in vals.items()
            if value and isinstance(value, int) and self._drk_is_partner_link(name)
        }
        if ids:
            self.env[PARTNER].browse(ids).check_access("read")

    @api.model
    def _drk_is_partner_link(self, name):
        field = self._fields.get(name)
        return field is not None and field.type == "many2one" and field.comodel_name == PARTNER

    def _drk_check_shown_people(self, values):
        """Refuse values of a form that name people whom the user may not read.

        :param values: dict as ``onchange`` and ``default_get`` have it; values that the record has already are fine
        """
        if self.env.su:
            return
        links = {PARTNER: set(), USER: set()}
        self._drk_collect_people(values, links)
        user = self.env.user
        links[PARTNER] -= {user.partner_id.id, *self.env.companies.sudo().partner_id.ids}  # sudo: only their numbers
        links[USER] -= {user.id, SUPERUSER_ID}
        if not user._is_internal():
            links[USER].clear()  # visitors read no users at all, also not the employee who is a default
        for model, ids in links.items():
            if ids:
                self.env[model].browse(sorted(ids)).check_access("read")

    def _drk_collect_people(self, values, links):
        for name, value in values.items():
            field = self._fields.get(name)
            if not value or field is None:
                continue
            if field.type in ("one2many", "many2many"):
                self.env[field.comodel_name]._drk_collect_people_of_lines(value, links)
                continue
            if field.type == "many2one" and isinstance(value, dict):
                self.env[field.comodel_name]._drk_collect_people(value, links)
            model, linked = self._drk_read_link(field, value, values)
            if model in links and linked:
                stored = self.sudo()[:1][name]  # sudo: what is stored already tells nothing new
                if getattr(stored, "id", stored) != linked:
                    links[model].add(linked)

    @api.model
    def _drk_read_link(self, field, value, values):
        """Return model and number of the record that a value of a form names, ``(None, None)`` without one."""
        model = linked = None
        if field.type == "many2one":
            model, linked = field.comodel_name, value
            if isinstance(value, dict):
                linked = value.get("id")
            elif isinstance(value, (list, tuple)):
                linked = value[0]
        elif field.type == "many2one_reference":
            model, linked = values.get(field.model_field), value
        elif field.type == "reference" and isinstance(value, str):
            model, _comma, number = value.partition(",")
            linked = int(number) if number.isdecimal() else None
        return (model, linked) if isinstance(model, str) and type(linked) is int else (None, None)

    @api.model
    def _drk_collect_people_of_lines(self, commands, links):
        for command in commands if isinstance(commands, (list, tuple)) else ():
            if isinstance(command, dict):
                self._drk_collect_people(command, links)
            elif isinstance(command, (list, tuple)) and len(command) > 2 and isinstance(command[2], dict):
                line = self.browse(command[1]) if type(command[1]) is int else self.browse()
                line.exists()._drk_collect_people(command[2], links)

    def _drk_of_own_associations(self):
        """Whether the user works for the association of each of these records."""
        if "company_id" not in self._fields:
            return True
        # sudo: the answer tells nothing about the records
        return self.sudo().company_id <= self.env.user.company_ids
