from odoo import api, models
from odoo.tools import SQL


class DrkErasureEngine(models.AbstractModel):
    """What a run leaves with the anonymous record on wish: a mark, and (G-2: then it is a pseudonym) name and street."""

    _inherit = "drk.erasure.engine"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _erase(self, run, people_ids):
        options = run.options or {}
        infos = self._read_infos(people_ids) if options.get("copy_to_info") else {}
        outcome = super()._erase(run, people_ids)
        done = [person for person, (state, *_rest) in outcome.items() if state == "done"]
        if done and options.get("mark_id"):
            self._mark(options["mark_id"], done)
        for person in done:
            if infos.get(person):
                self.env.cr.execute(
                    SQL("UPDATE res_partner SET drk_internal_info = %s WHERE id = %s", infos[person], person)
                )
        return outcome

    @api.model
    def _read_infos(self, people_ids):
        self.env.flush_all()
        query = SQL(
            "SELECT id, CONCAT_WS(', ', NULLIF(CONCAT_WS(' ', firstname, lastname), ''), street) FROM res_partner"
            " WHERE id = ANY(%s)",
            list(people_ids),
        )
        return dict(self.env.execute_query(query))

    @api.model
    def _mark(self, mark_id, people_ids):
        field = self.env["res.partner"]._fields["drk_mark_ids"]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, %s) SELECT person, %s FROM UNNEST(%s) person ON CONFLICT DO NOTHING",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                mark_id,
                people_ids,
            )
        )
