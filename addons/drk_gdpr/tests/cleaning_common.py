from freezegun import freeze_time
from odoo import fields
from odoo.addons.queue_job.tests.common import trap_jobs

from .erasure_common import ERASURE, ErasureCase

CLEANING_DAY = "2027-01-03"


class CleaningCase(ErasureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        system = cls.env.ref("drk_gdpr.drk_system_ano")
        cls.association_a.write({"drk_system_ids": [fields.Command.link(system.id)]})
        cls.association_a.write({"drk_anonymisation_active": True, "drk_anonymisation_auto": True})
        cls.association_a.drk_anonymisation_user_id = cls.eraser
        cls.second = cls._user("gdpr_eraser_2", ERASURE)
        cls.wizards = cls.env["drk.anonymise"]
        cls.runs = cls.env["drk.erasure.run"]

    @classmethod
    def _age(cls, people, day="2010-05-01"):
        """People who were entered long ago and did nothing since."""
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE res_partner SET create_date = %s WHERE id = ANY(%s)", [day, people.ids])
        cls.env.invalidate_all()

    def _wizard(self, people, user=None, **vals):
        context = {"active_model": "res.partner", "active_ids": people.ids}
        wizards = self._as(user or self.eraser, self.wizards).with_context(**context)
        return wizards.create({"reason": "Aufräumen", **vals})

    def _preview(self, people, user=None, **vals):
        action = self._wizard(people, user, **vals).action_preview()
        return self._as(user or self.eraser, self.runs).browse(action["res_id"])

    def _perform(self, run, method="action_start"):
        with trap_jobs() as trap:
            getattr(run, method)()
            while trap.enqueued_jobs:
                trap.perform_enqueued_jobs()
        self.env.invalidate_all()

    def _clean(self, day=CLEANING_DAY):
        with freeze_time(f"{day} 03:00:00"), trap_jobs() as trap:
            self.runs._cron_clean()
            while trap.enqueued_jobs:
                trap.perform_enqueued_jobs()
        self.env.invalidate_all()
        return self.runs.search([("kind", "=", "automatic")])

    def _everything(self):
        """Everything the database says about Anna, as text."""
        self.env.flush_all()
        self.env.cr.execute("SELECT row_to_json(p)::text FROM res_partner p WHERE id = %s", [self.anna.id])
        return self.env.cr.fetchall()
