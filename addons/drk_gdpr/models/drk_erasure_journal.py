from collections import defaultdict

from odoo import api, fields, models, tools
from odoo.tools import SQL

from ..tools import journal


class DrkErasureRun(models.Model):
    """The journal outside of the database: what was erased or deleted in parts is written there, and repeated after a restore."""

    _inherit = "drk.erasure.run"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ write
    def _write_journal(self, people_ids):
        """Note whom a chunk of this run erased."""
        self._note_in_journal(self.company_id, people_ids, run=self.id, request=self._is_request())

    @api.model
    def _note_in_journal(self, company, people_ids, **what):
        """Write people into the journal; it is taken back when the transaction is.

        :param company: ``res.company`` of the people
        :param people_ids: numbers of ``res.partner``
        :param what: of an erasure ``run`` and ``request``, of a partial deletion ``mark`` and ``parts``
        """
        if not people_ids:
            return
        query = SQL("SELECT id, create_date::text FROM res_partner WHERE id = ANY(%s) ORDER BY id", list(people_ids))
        association = company.sudo().drk_code or str(company.id)  # a code, nothing else
        common = {"association": association, "time": fields.Datetime.now().isoformat() + "Z", **what}
        uuid = self._database_uuid()
        entries = [
            {**common, "person": person, "key": journal.record_key(uuid, person, created)}
            for person, created in self.env.execute_query(query)
        ]
        path = self._journal_path()
        journal.append(path, entries)
        self.env.cr.postrollback.add(lambda: journal.take_back(path, entries))

    @api.model
    def _journal_path(self):
        return journal.journal_path(tools.config["data_dir"], self.env.cr.dbname)

    @api.model
    def _database_uuid(self):
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")  # it only tells databases apart

    # ------------------------------------------------------------------ repeat
    @api.model
    def _replay(self, path=None, since=""):
        """Erase again, in a restored database, what was erased after its backup.

        Partial deletions come first: of who is erased, nothing is left to find their values by.

        :param path: file of the journal, default that of this database
        :param str since: time of the backup (ISO 8601, UTC)
        :return: ``drk.erasure.run`` records that did it
        """
        path = path or self._journal_path()
        self._replay_parts(journal.parts_to_repeat(path, since))
        entries = journal.to_repeat(path, since)
        runs = self.browse()
        for (company, is_request), people in sorted(self._match_journal(entries).items()):
            company = self.env["res.company"].browse(company)
            partners = self.env["res.partner"].with_company(company).browse(sorted(people))
            options = {"request": True} if is_request else {}
            run = self.with_company(company)._create_for(partners, "restore", **options)
            run._run_here()
            runs |= run
        return runs

    @api.model
    def _replay_parts(self, deletions):
        """Repeat partial deletions in their order, except those that the database knows: their values may be entered anew.

        :param deletions: dict of mark to dict of person to entry
        """
        known = set(self.env["drk.deletion.log"].sudo().search([("mark", "in", list(deletions))]).mapped("mark"))
        for mark, entries in deletions.items():
            if mark in known:
                continue
            for (company, _is_request), people in sorted(self._match_journal(entries).items()):
                partners = self.env["res.partner"].browse(sorted(people))
                company = self.env["res.company"].browse(company) or self.env.company
                partners._drk_delete_parts(company, next(iter(entries.values()))["parts"], mark)

    @api.model
    def _match_journal(self, entries):
        """Return the people that the journal means and that are not erased.

        :return: dict of association and whether it was at their own request to set of numbers
        """
        query = SQL(
            "SELECT id, COALESCE(company_id, 0), create_date::text FROM res_partner"
            " WHERE id = ANY(%s) AND drk_anonymised_at IS NULL",
            sorted(entries),
        )
        uuid = self._database_uuid()
        found = defaultdict(set)
        for person, company, created in self.env.execute_query(query):
            if entries[person]["key"] == journal.record_key(uuid, person, created):
                found[company, bool(entries[person].get("request"))].add(person)
        return found

    def _run_here(self):
        """Do the whole run in this process, for a database that nobody serves yet."""
        run_sudo = self.sudo()
        run_sudo.write({"state": "running", "started_at": fields.Datetime.now()})
        people = run_sudo.line_ids.mapped("person_ref")
        for part in tools.split_every(100, people):
            run_sudo._erase(list(part))
        run_sudo._finish()
