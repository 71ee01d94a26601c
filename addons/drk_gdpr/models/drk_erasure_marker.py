from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import split_every

BATCH = 1000


class DrkErasureMarker(models.Model):
    """Identifying values of the people of a run, remembered for its proof and deleted when that is closed."""

    _name = "drk.erasure.marker"
    _description = "Remembered Value of an Erasure"
    _log_access = False
    _order = "id"

    run_id = fields.Many2one("drk.erasure.run", required=True, index=True, ondelete="cascade")
    person_ref = fields.Integer("Number of the person", required=True)
    kind = fields.Char(required=True)
    value = fields.Char(required=True)

    @api.model
    def _insert(self, run, values_by_person):
        """Remember values.

        :param run: ``drk.erasure.run``
        :param values_by_person: dict of person to set of (kind, value)
        """
        rows = [
            (run.id, person, kind, value)
            for person, values in sorted(values_by_person.items())
            for kind, value in sorted(values)
        ]
        for part in split_every(BATCH, rows):
            values = SQL(", ").join(SQL("%s", tuple(row)) for row in part)
            query = SQL("INSERT INTO drk_erasure_marker (run_id, person_ref, kind, value) VALUES %s", values)
            self.env.cr.execute(query)
