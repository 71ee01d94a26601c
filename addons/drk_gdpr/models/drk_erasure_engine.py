from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.erasure import PARTNER, LeftAlone, Work
from ..tools.reasons import ANSWER_FIRST

#: What a voucher, a receipt or the record of a course needs of a person: who they are and where they live.
IDENTITY_FIELDS = {
    "name", "complete_name", "firstname", "lastname", "drk_name_key", "drk_name_supplement_1", "drk_name_supplement_2",
    "drk_name_supplement_3", "drk_title", "drk_salutation", "drk_letter_salutation", "street", "street2", "zip", "city",
    "state_id", "country_id", "drk_address_key", "vat", "parent_id", "commercial_partner_id", "company_name",
    "commercial_company_name", "lang",
}  # fmt: skip
#: What somebody needs who still has open business with the person.
CONTACT_CATEGORIES = {"communication", "bank"}


class DrkErasureEngine(models.AbstractModel):
    """Erases a chunk of people in one transaction with a few statements a model."""

    _name = "drk.erasure.engine"
    _description = "Engine of Erasure"

    @api.model
    def _erase(self, run, people_ids):
        """Erase people of the run's association as far as nothing keeps them.

        :param run: ``drk.erasure.run`` (sudo)
        :param people_ids: numbers of ``res.partner``
        :return: dict of person to ``(state, keep_until, reason)``, as the lines of a run have them
        """
        self.env.flush_all()
        outcome, people_ids, waiting = self._set_blocked_aside(run, people_ids)
        if people_ids:
            work = self._prepare(run, people_ids)
            work.waiting = waiting
            self._judge(work)
            self._remember(work)
            forgetter = self.env["drk.gdpr.forgetter"].with_context(drk_erasure_work=work)
            forgetter._gdpr_forget(run, self.env[PARTNER].browse(work.people))
            self._apply(work, forgetter)
            outcome |= self._close(work, people_ids)
        self.env.invalidate_all(flush=False)
        return outcome

    # ------------------------------------------------------------------ who is meant
    @api.model
    def _set_blocked_aside(self, run, people_ids):
        """Leave people alone who have open business: they are restricted, and a later run takes them.

        A person who asked for it loses at once what the open business does not need (``waiting``), but nothing before
        the answer to an access request.

        :return: outcome of those who are left alone, the other people, and dict of who waits to the reason
        """
        people = self.env[PARTNER].browse(people_ids)
        outcome = {}
        blockers = people._drk_erasure_blockers()
        if run.kind == "restore":  # the answer was given: else nothing of this person had been erased
            blockers = [blocker for blocker in blockers if blocker.code != ANSWER_FIRST]
        elif not run._is_request():
            blockers = [*people._drk_restricted_on_request(), *blockers]
        for blocker in blockers:
            state = "failed" if blocker.code == "staff" else "restricted"
            previous = outcome.get(blocker.person_id)
            text = f"{previous[2]}; {blocker.text}" if previous else blocker.text
            outcome[blocker.person_id] = (state, False, text)
        waiting = {person: text for person, (state, _until, text) in outcome.items() if state == "restricted"}
        self._restrict(run, {person: (False, text) for person, text in waiting.items()})
        unanswered = {blocker.person_id for blocker in blockers if blocker.code == ANSWER_FIRST}
        is_asked_for = run._is_request()
        waiting = {person: text for person, text in waiting.items() if is_asked_for and person not in unanswered}
        outcome = {person: LeftAlone(row) for person, row in outcome.items() if person not in waiting}
        return outcome, [person for person in people_ids if person not in outcome], waiting

    @api.model
    def _prepare(self, run, people_ids):
        """Find all records of the people with one statement."""
        people = self._with_addresses(people_ids)
        work = Work(run, people, fields.Date.context_today(self))
        work.params = self._symbolic_params(run.company_id)
        query = SQL("SELECT id FROM res_users WHERE partner_id = ANY(%s)", people)
        work.users = [row[0] for row in self.env.execute_query(query)]
        units = [unit for unit in self.env["drk.erasure.plan"]._units() if work.users or "res.users" not in unit.way]
        parts = [f"SELECT {unit.number} AS unit, f.id, f.person_id FROM ({unit.find}) f" for unit in units]
        by_number = {unit.number: unit for unit in units}
        for number, res_id, person in self.env.execute_query(SQL(" UNION ALL ".join(parts), people=people)):
            work.hits[by_number[number]][res_id].add(person)
        return work

    @api.model
    def _with_addresses(self, people_ids):
        """Other addresses of a person (invoice, delivery) are that person."""
        query = SQL("SELECT id FROM res_partner WHERE parent_id = ANY(%s) AND type != 'contact'", list(people_ids))
        return sorted({*people_ids, *(row[0] for row in self.env.execute_query(query))})

    @api.model
    def _symbolic_params(self, company):
        values = company._drk_symbolic_values()
        name = self.env[PARTNER]._get_computed_name(values["lastname"], values["firstname"])
        return {**values, "street": values.get("street") or None, "name": name}

    # ------------------------------------------------------------------ what is kept
    @api.model
    def _judge(self, work):
        """Ask for the keeping period of each record and draw the conclusion for its people."""
        retention = self.env["drk.gdpr.retention"]
        for model_name in work.models():
            if model_name == PARTNER:
                continue
            kept = retention._running(model_name, work.ids_of(model_name), work.today)
            if kept:
                work.kept[model_name] = kept
                self._note_kept_people(work, model_name, kept, retention._needs_identity(model_name))
        work.known |= set(work.waiting)
        self._keep_addresses_together(work)
        kept_people = {person: max(reasons) for person, reasons in work.reasons.items()}
        if kept_people:
            work.kept[PARTNER] = kept_people

    @api.model
    def _note_kept_people(self, work, model_name, kept, needs_identity):
        for unit, rows in work.hits.items():
            if unit.model != model_name or not unit.can_be_kept:
                continue
            for res_id, people in rows.items():
                if res_id in kept:
                    for person in people:
                        work.reasons[person].append(kept[res_id])
                    if needs_identity:
                        work.known |= people

    @api.model
    def _keep_addresses_together(self, work):
        """The invoice address is kept as long as its person, and the other way round."""
        query = SQL("SELECT id, parent_id FROM res_partner WHERE id = ANY(%s) AND type != 'contact'", work.people)
        for child, parent in self.env.execute_query(query):
            if child in work.reasons and parent in work.people:
                work.reasons[parent] += work.reasons[child]
                if child in work.known:
                    work.known.add(parent)

    # ------------------------------------------------------------------ what is done
    @api.model
    def _apply(self, work, forgetter):
        """Apply the field table of the inventory."""
        needed = forgetter._gdpr_needed_while_open()
        for unit, rows in work.hits.items():
            if unit.model == PARTNER:
                continue
            if unit.model in needed:
                rows = {res_id: people for res_id, people in rows.items() if not people & set(work.waiting)}
            kept = work.kept_ids(unit.model)
            free = sorted(set(rows) - kept)
            if unit.deletes or unit.model in forgetter._gdpr_expired_deletes():
                forgetter._gdpr_delete(unit.model, free)
            else:
                forgetter._gdpr_write(unit, unit.cells, free, work.params)
            texts = [cell.name for cell in unit.cells if cell.form == "text"]
            if texts:  # a kept voucher stays as it is, with its texts
                ids = free if unit.is_voucher else sorted(rows)
                forgetter._gdpr_replace(unit.table, texts, ids, forgetter._gdpr_replacer(work, unit.model))
            if not unit.is_voucher and not unit.deletes:
                cells = [cell for cell in unit.cells if cell.treatment != "keep_until"]
                forgetter._gdpr_write(unit, cells, sorted(set(rows) & kept), work.params)
        self._clear_links(work)
        self._clear_people(work, forgetter)

    @api.model
    def _clear_links(self, work):
        """Take the people out of records that are not about them: responsible, organiser, proposal of a payer."""
        for link in self.env["drk.erasure.plan"]._links():
            ids = work.users if link.target == "res.users" else work.people
            if not ids:
                continue
            if link.relation:
                table, column = link.relation
                query = SQL("DELETE FROM %s WHERE %s = ANY(%s)", *map(SQL.identifier, (table, column)), ids)
            else:
                table, column = SQL.identifier(link.table), SQL.identifier(link.column)
                kept = list(work.kept_ids(link.model)) or [0]
                query = SQL(
                    "UPDATE %s SET %s = NULL WHERE %s = ANY(%s) AND id != ALL(%s)", table, column, column, ids, kept
                )
            self.env.cr.execute(query)

    @api.model
    def _clear_people(self, work, forgetter):
        """The person's own row stays as a shell, with name and address as long as something kept needs them."""
        for unit in work.hits:
            if unit.model != PARTNER:
                continue
            gone = sorted(set(work.people) - work.known)
            cells = [c for c in unit.cells if c.treatment != "keep_until"]
            free = sorted(set(gone) - work.kept_ids(PARTNER))
            forgetter._gdpr_write(unit, unit.cells, free, work.params)
            forgetter._gdpr_write(unit, cells, sorted(set(gone) - set(free)), work.params)
            others = [cell for cell in cells if cell.name not in IDENTITY_FIELDS]
            forgetter._gdpr_write(unit, others, sorted(work.known - set(work.waiting)), work.params)
            others = [cell for cell in others if cell.category not in CONTACT_CATEGORIES]
            forgetter._gdpr_write(unit, others, sorted(work.waiting), work.params)

    # ------------------------------------------------------------------ outcome
    @api.model
    def _close(self, work, people_ids):
        """Mark the shells and restrict who is kept."""
        kept = {person: self._summary(reasons) for person, reasons in work.reasons.items()}
        gone = sorted(set(work.people) - work.known)
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner
                   SET drk_anonymised_at = COALESCE(drk_anonymised_at, %s),
                       drk_anonymised_run_id = COALESCE(drk_anonymised_run_id, %s), active = FALSE,
                       drk_is_restricted = FALSE, drk_restricted_until = NULL, drk_restricted_reason = NULL
                 WHERE id = ANY(%s)
                """,
                fields.Datetime.now(),
                work.run.id,
                gone,
            )
        )
        waiting = {person: (False, text) for person, text in work.waiting.items()}
        kept |= waiting
        self._restrict(work.run, kept)
        return {
            person: ("restricted", *kept[person]) if person in kept else ("done", False, "") for person in people_ids
        }

    @api.model
    def _summary(self, reasons):
        """:return: tuple of the last day and the different reasons as one text"""
        return max(until for until, _reason in reasons), "; ".join(
            sorted({reason for _until, reason in reasons if reason})
        )

    @api.model
    def _restrict(self, run, reasons):
        """Restrict people (G-18).

        :param reasons: dict of person to (last day or False, reason)
        """
        if not reasons:
            return
        rows = [(person, until or None, reason) for person, (until, reason) in reasons.items()]
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner p
                   SET drk_is_restricted = TRUE, drk_restricted_until = v.until::date, drk_restricted_reason = v.reason
                  FROM (VALUES %s) AS v (id, until, reason)
                 WHERE p.id = v.id
                """,
                SQL(", ").join(
                    SQL("(%s, %s, %s)", person, until and str(until), reason) for person, until, reason in rows
                ),
            )
        )
