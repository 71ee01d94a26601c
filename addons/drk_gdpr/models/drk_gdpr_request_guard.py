from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: Value of the context key ``drk_request_step`` for the steps of a request; an object, so that nobody can send it from
#: outside.
STEP = object()
#: What only the steps set: they are the proof of what was done when, and by whom.
STEP_FIELDS = {
    "number", "state", "identity_user_id", "deadline", "first_deadline", "extended_on", "answered_on", "closed_on",
    "kept_until", "drk_keep_until", "drk_keep_reason", "sheet_pdf", "sheet_json",
}  # fmt: skip
#: How a request begins.
FRESH = {"number": "/", "state": "new"}
#: What the identity was checked for: another person would get the sheet of this one.
CHECKED_FIELDS = {"kind", "company_id", "drk_person_id", "received_on", "identity_kind", "identity_on"}
UNCHECKED = ("new", "identity")


class DrkGdprRequest(models.Model):
    """The course of a request cannot be written past its steps: being read-only is a matter of the screen."""

    _inherit = "drk.gdpr.request"  # pylint: disable=consider-merging-classes-inherited

    drk_keep_until = fields.Date(copy=False)
    drk_keep_reason = fields.Char(copy=False)

    @api.model
    def default_get(self, fields):
        """Neither the context nor a default of the user answers a request."""
        defaults = super().default_get([name for name in fields if name not in STEP_FIELDS])
        return defaults | {name: value for name, value in FRESH.items() if name in fields}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_step_fields(name for name, value in vals.items() if value and value != FRESH.get(name))
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_step_fields(vals)
        self._refuse_checked_fields(vals)
        return super().write(vals)

    def _step(self, vals):
        """Write what belongs to a step of the request."""
        self.with_context(drk_request_step=STEP).write(vals)

    @api.model
    def _is_step(self):
        return self.env.su or self.env.context.get("drk_request_step") is STEP

    @api.model
    def _refuse_step_fields(self, names):
        refused = STEP_FIELDS.intersection(names)
        if refused and not self._is_step():
            raise AccessError(self.env._("This is set by the steps of the request only: %s", self._labels(refused)))

    def _refuse_checked_fields(self, names):
        refused = CHECKED_FIELDS.intersection(names)
        if refused and not self._is_step() and any(request.state not in UNCHECKED for request in self):
            raise UserError(
                self.env._("After the identity check this cannot be changed any more: %s", self._labels(refused))
            )

    @api.model
    def _labels(self, names):
        return ", ".join(sorted(self._fields[name]._description_string(self.env) for name in names))
