from odoo import api, fields, models
from odoo.tools import SQL

ENGAGEMENT = "drk.gdpr.engagement"
#: Room for the number of the model in the key of a line (keys stay exact in a browser up to 2^53).
MODEL_ROOM = 65536
COLUMNS = (
    "drk_person_id",
    "company_id",
    "drk_purpose",
    "drk_last_activity",
    "drk_keep_until",
    "drk_keep_reason",
    "drk_confidential",
)


class DrkEngagement(models.Model):
    """All engagements of all people, read from every model that inherits the mixin; confidential ones are left out."""

    _name = "drk.engagement"
    _description = "Engagement"
    _auto = False
    _order = "last_activity desc, id desc"
    _rec_name = "purpose"

    person_id = fields.Many2one("res.partner", readonly=True)
    company_id = fields.Many2one("res.company", string="Association", readonly=True)
    res_model = fields.Char(string="Kind of record", readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", readonly=True)
    model_id = fields.Many2one("ir.model", string="Kind", readonly=True)
    purpose = fields.Char(readonly=True)
    last_activity = fields.Date(readonly=True)
    keep_until = fields.Date(readonly=True)
    keep_reason = fields.Char(string="Reason for keeping", readonly=True)

    @api.model
    def _engagement_models(self):
        """Return the names of the models that hold engagements."""
        names = self.env.registry.descendants([ENGAGEMENT], "_inherit")
        return sorted(name for name in names if not self.env[name]._abstract and self.env[name]._auto)

    @property
    def _table_query(self):
        parts = self._engagement_selects()
        return SQL(" UNION ALL ").join(parts) if parts else self._engagement_select_nothing()

    def _engagement_selects(self):
        """Hook: return one SELECT per source; extend to add engagements that are no records of a model of their own."""
        return [self._engagement_select(name) for name in self._engagement_models()]

    def _engagement_select(self, model_name):
        model = self.env[model_name]
        model.flush_model([name for name in COLUMNS if model._fields[name].store])
        model_id = self.env["ir.model"]._get_id(model_name)
        return SQL(
            """
            SELECT id::bigint * %(room)s + %(model_id)s AS id, drk_person_id AS person_id, company_id,
                   %(model)s::varchar AS res_model, id AS res_id, %(model_id)s AS model_id, drk_purpose AS purpose,
                   drk_last_activity AS last_activity, drk_keep_until AS keep_until, drk_keep_reason AS keep_reason
              FROM %(table)s
             WHERE drk_person_id IS NOT NULL AND drk_confidential IS NOT TRUE
            """,
            room=MODEL_ROOM,
            model_id=model_id,
            model=model_name,
            table=SQL.identifier(model._table),
        )

    def _engagement_select_nothing(self):
        return SQL(
            """
            SELECT NULL::bigint AS id, NULL::int AS person_id, NULL::int AS company_id, NULL::varchar AS res_model,
                   NULL::int AS res_id, NULL::int AS model_id, NULL::varchar AS purpose, NULL::date AS last_activity,
                   NULL::date AS keep_until, NULL::varchar AS keep_reason
             WHERE FALSE
            """
        )

    def action_open_record(self):
        """Open the record behind the line; its own rights decide."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
            "target": "current",
        }
