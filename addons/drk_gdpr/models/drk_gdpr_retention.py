from odoo import api, fields, models
from odoo.tools import SQL


class DrkGdprRetention(models.AbstractModel):
    """Until when the law or a rule wants records kept, although the person is to be erased."""

    _name = "drk.gdpr.retention"
    _description = "Keeping Periods"

    @api.model
    def _keep_until(self, model_name, ids):
        """Hook: say which records have to be kept, and until when. Extend with ``super()``.

        :param str model_name: model of the records
        :param list ids: numbers of the records
        :return: dict of id to ``(date, reason)``: the last day of the period; records without a period are missing
        """
        if model_name == "drk.consent":
            return self._keep_consents(ids)
        if model_name in self.env["drk.engagement"]._engagement_models():
            return self._keep_engagements(model_name, ids)
        return {}

    @api.model
    def _needs_identity(self, model_name):
        """Hook: whether records of this model are of no use without name and address of the person.

        A voucher and the record of a course are not; the proof of a consent carries its own evidence.
        """
        return model_name != "drk.consent"

    @api.model
    def _keep_engagements(self, model_name, ids):
        model = self.env[model_name]
        if not (model._fields["drk_keep_until"].store and model._fields["drk_keep_reason"].store):
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT id, drk_keep_until, drk_keep_reason FROM %s WHERE id = ANY(%s) AND drk_keep_until IS NOT NULL",
                SQL.identifier(model._table),
                list(ids),
            )
        )
        return {res_id: (until, reason or "") for res_id, until, reason in rows}

    @api.model
    def _keep_consents(self, ids):
        """The proof of a consent is kept some years after its end: its withdrawal, or the erasure of the person (G-20).

        The first erasure counts, also where vouchers keep the person's name for years afterwards. An automatic entry of
        information given is no consent (G-4).
        """
        today = fields.Date.context_today(self)
        rule = self.env["drk.law.fact"]._on("retention_consent_years", today)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, (COALESCE(MAX(later.occurred_at) FILTER (WHERE later.kind = 'withdrawn'),
                                       LEAST(MIN(erased.done_at), p.drk_anonymised_at), %(now)s)
                              + make_interval(years => %(years)s))::date
                  FROM drk_consent c
                  JOIN res_partner p ON p.id = c.partner_id
             LEFT JOIN drk_consent later ON later.partner_id = c.partner_id AND later.purpose_id = c.purpose_id
                                        AND later.occurred_at >= c.occurred_at
             LEFT JOIN drk_erasure_line erased ON erased.person_ref = p.id AND erased.state IN ('done', 'restricted')
                 WHERE c.id = ANY(%(ids)s) AND c.kind <> 'informed'
              GROUP BY c.id, p.drk_anonymised_at
                """,
                now=fields.Datetime.now(),
                years=int(rule.value),
                ids=list(ids),
            )
        )
        reason = self.env._("Proof of a consent (%s)", rule.source)
        return {res_id: (until, reason) for res_id, until in rows}

    @api.model
    def _running(self, model_name, ids, day):
        """Return the part of ``_keep_until`` whose period has not ended before that day."""
        return {
            res_id: (until, reason)
            for res_id, (until, reason) in self._keep_until(model_name, ids).items()
            if until and until >= day
        }
