from odoo import api, fields, models
from odoo.tools import SQL

COURSE_RECORDS = {
    "drk.course.paper": """
        SELECT r.id, (e.date_end + make_interval(years => %(years)s))::date
          FROM drk_course_paper r JOIN event_event e ON e.id = r.event_id WHERE r.id = ANY(%(ids)s)
    """,
    "drk.course.attendance": """
        SELECT r.id, b.drk_keep_until
          FROM drk_course_attendance r JOIN event_registration b ON b.id = r.registration_id
         WHERE r.id = ANY(%(ids)s) AND b.drk_keep_until IS NOT NULL
    """,
}


class DrkGdprRetention(models.AbstractModel):
    """The records of a first aid course are kept some years: its signed lists, who was there."""

    _inherit = "drk.gdpr.retention"

    @api.model
    def _keep_until(self, model_name, ids):
        kept = super()._keep_until(model_name, ids)
        if model_name not in COURSE_RECORDS or not ids:
            return kept
        rule = self.env["drk.law.fact"]._on("retention_first_aid_years", fields.Date.context_today(self))
        query = SQL(COURSE_RECORDS[model_name], years=int(rule.value), ids=list(ids))
        reason = self.env._("Record of a course (%s)", rule.source)
        return kept | {res_id: (until, reason) for res_id, until in self.env.execute_query(query)}

    @api.model
    def _needs_identity(self, model_name):
        # a scanned list carries the names itself
        return model_name != "drk.course.paper" and super()._needs_identity(model_name)
