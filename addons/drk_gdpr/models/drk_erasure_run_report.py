from odoo import models

REPORT = "drk_gdpr.report_erasure"


class DrkErasureRun(models.Model):
    """The report of a run on paper (Anonymisierungsreport, D-ANO-11, D-ANO-12): numbers and reasons, no names."""

    _inherit = "drk.erasure.run"  # pylint: disable=consider-merging-classes-inherited

    def action_print_report(self):
        """Print the report."""
        return self.env.ref(REPORT).report_action(self)

    def _drk_report_facts(self):
        """Return the facts of one run: list of label and text."""
        self.ensure_one()
        facts = [
            (self.env._("Kind"), self._label("kind")),
            (self.env._("Reason"), self.reason),
            (self.env._("Nothing since"), self._day(self.cutoff)),
            (self.env._("Started"), self._moment(self.started_at, self.user_id)),
            (self.env._("Released by"), self.approved_by_id.name),
            (self.env._("Finished"), self._moment(self.finished_at)),
            (self.env._("Result"), self._drk_result()),
            (self.env._("State"), self._label("state")),
        ]
        return [(label, text) for label, text in facts if text]

    def _drk_result(self):
        """Return in one word what the data are now (G-2)."""
        if self.state in ("draft", "waiting", "cancelled"):
            return self.env._("nothing was changed")
        return self.env._("pseudonymised") if self.is_pseudonymous else self.env._("anonymised")

    def _drk_proof_text(self):
        """Hook: return the state of the proof in a sentence."""
        self.ensure_one()
        if self.state == "done":
            return self.env._("The proof is closed.")
        if self.state == "open":
            return self.env._("The proof is open: something of these people was found.")
        return self.env._("The run is not finished: there is no proof yet.")

    def _drk_report_rows(self, state):
        """Return the people of one state by reason and last day: list of dict, the earliest day first.

        :param state: ``restricted`` or ``failed``
        """
        rows = self.env["drk.erasure.line"]._read_group(
            [("run_id", "=", self.id), ("state", "=", state)],
            ["keep_until:day", "reason"],
            ["__count", "person_ref:array_agg"],
            order="keep_until:day, reason",
        )
        return [
            {
                "until": self._day(until),
                "reason": reason,
                "count": count,
                "numbers": ", ".join(map(str, sorted(numbers))),
            }
            for until, reason, count, numbers in rows
        ]

    def _label(self, name):
        return dict(self._fields[name]._description_selection(self.env)).get(self[name])

    def _day(self, day):
        return day and self.env["ir.qweb.field.date"].value_to_html(day, {})

    def _moment(self, moment, user=None):
        if not moment:
            return False
        text = self.env["ir.qweb.field.datetime"].value_to_html(moment, {"format": "short"})
        return f"{text}, {user.name}" if user else text
