from collections import defaultdict

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Command

PARTNER = "res.partner"
USER = "res.users"


class Base(models.AbstractModel):
    """Nobody links a record to a person they may not read: the client would show the name of the linked person.

    The client also shows names of records that are not saved yet: ``onchange`` and the defaults are doors of their own.
    """

    _inherit = "base"

    # Hook: True on models whose names are only for those who may read the record, because they tell about people
    # (bookings, instructors). Core shows the name of a linked record to everybody who sees the link.
    _drk_name_is_guarded = False

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
        """Refuse links to guarded records before anything else can name them, be it an error message."""
        if self.env.su:
            return
        links = defaultdict(set)
        for vals in vals_list:
            for name, value in vals.items():
                field = self._fields.get(name)
                if value and field is not None and self._drk_is_guarded_link(field):
                    links[field.comodel_name].update(self._drk_linked_ids(value))
        self._drk_check_readable(links)

    @api.model
    def _drk_is_guarded_link(self, field):
        if field.type == "many2one":
            return field.comodel_name != USER and self.env[field.comodel_name]._drk_name_is_guarded
        # core lists and messages have people in many relations, and shows none whom the user may not read
        guarded = field.type == "many2many" and field.comodel_name not in (PARTNER, USER)
        return guarded and self.env[field.comodel_name]._drk_name_is_guarded

    @api.model
    def _drk_linked_ids(self, value):
        """:return: list of the numbers that a value of a link field names, be it a number or a list of commands"""
        if not isinstance(value, (list, tuple)):
            return [value] if type(value) is int else []
        ids = []
        for command in value:
            if type(command) is int:
                ids.append(command)
            elif isinstance(command, (list, tuple)) and command and command[0] == Command.LINK:
                ids.append(command[1])
            elif isinstance(command, (list, tuple)) and command and command[0] == Command.SET:
                ids += command[2]
        return ids

    @api.model
    def _drk_check_readable(self, links):
        for model, ids in links.items():
            if ids:
                self.env[model].browse(sorted(ids)).check_access("read")

    def _drk_check_shown_people(self, values):
        """Refuse values of a form that name people whom the user may not read.

        :param values: dict as ``onchange`` and ``default_get`` have it; values that the record has already are fine
        """
        if self.env.su:
            return
        links = defaultdict(set)
        self._drk_collect_people(values, links)
        user = self.env.user
        links[PARTNER] -= {user.partner_id.id, *self.env.companies.sudo().partner_id.ids}  # sudo: only their numbers
        links[USER] -= {user.id, SUPERUSER_ID}
        if not user._is_internal():
            links[USER].clear()  # visitors read no users at all, also not the employee who is a default
        self._drk_check_readable(links)

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
            if linked and model in self.env and self.env[model]._drk_name_is_guarded:
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

    def _drk_template_person(self):
        """Hook: return the person (``res.partner``) whose variables a letter or mail about this record names."""
        field = self._fields.get("partner_id")
        is_person = field is not None and field.type == "many2one" and field.comodel_name == PARTNER
        return self.partner_id if is_person else self.env[PARTNER]

    def _drk_record_variables(self):
        """Hook: return the variables of the person of this record; empty those that whoever gets the text must not have."""
        return self._drk_template_person()._drk_template_values()
