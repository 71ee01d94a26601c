from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools.blocker import Blocker
from ..tools.reasons import ANSWER_FIRST

#: Value of the context key ``drk_deletion`` for callers that forgot the person before; an object, so that nobody can
#: send it from outside.
FORGOTTEN = object()


class ResPartner(models.Model):
    """A person who is erased, restricted, or only a shell that statistics still count."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    drk_anonymised_at = fields.Datetime("Anonymised on", readonly=True, copy=False, index="btree_not_null")
    drk_anonymised_run_id = fields.Many2one(
        "drk.erasure.run", "Anonymised by", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    drk_is_restricted = fields.Boolean(
        "Restricted",
        readonly=True,
        copy=False,
        help="Kept because of a law, or until open business is done; hidden from search, selection, mail and telephone.",
    )
    drk_restricted_until = fields.Date("Restricted until", readonly=True, copy=False)
    drk_restricted_reason = fields.Char("Why restricted", readonly=True, copy=False)

    _drk_restricted_index = models.Index("(company_id, drk_restricted_until) WHERE drk_is_restricted")

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        # looked at afterwards: defaults of a user or of the context count, too
        given = {name for name in self._drk_erasure_marks() for partner in partners.sudo() if partner[name]}
        self._drk_refuse_erasure_marks(given)
        return partners

    def write(self, vals):
        self._drk_refuse_erasure_marks(self._drk_erasure_marks() & vals.keys())
        return super().write(vals)

    @api.model
    def _drk_erasure_marks(self):
        """Hook: fields of a person that hide, keep or free them for a run; only the steps made for it set them."""
        return {
            "drk_anonymised_at", "drk_anonymised_run_id", "drk_is_restricted", "drk_restricted_until",
            "drk_restricted_reason",
        }  # fmt: skip

    @api.model
    def _drk_refuse_erasure_marks(self, names):
        is_merge = self.env.context.get("drk_deletion") is FORGOTTEN  # the record that stays takes over what was set
        if names and not self.env.su and not is_merge:
            labels = ", ".join(self._drk_field_label(name) for name in sorted(names))
            raise AccessError(self.env._("This is not set by hand: %s", labels))

    # ------------------------------------------------------------------ blockers
    def _drk_deletion_blockers(self):
        """Hook: return why these people cannot be deleted, as a list of ``Blocker``; extend with ``super()``."""
        return [*self._drk_kept_engagements(), *self._drk_open_business()]

    def _drk_kept_engagements(self):
        today = fields.Date.context_today(self)
        rows = self.env["drk.engagement"]._read_group(
            [("person_id", "in", self.ids), ("keep_until", ">=", today)],
            ["person_id", "res_model", "keep_reason"],
            ["keep_until:max", "__count"],
        )
        return [
            Blocker(
                person.id,
                "kept",
                self.env._(
                    "%(kind)s: has to be kept (%(reason)s)", kind=self.env[model]._description, reason=reason or ""
                ),
                until,
                model,
                count,
            )
            for person, model, reason, until, count in rows
        ]

    def _drk_open_business(self):
        """Hook: return the open business that an erasure waits for, as a list of ``Blocker`` without a date.

        Extend with ``super()``: what is owed, credit, a booked place in a coming course.
        """
        return self._drk_open_access_requests()

    def _drk_open_access_requests(self):
        """Who asked what is stored gets the answer first: after an erasure it could not be given any more (Art. 15)."""
        requests_sudo = self.env["drk.gdpr.request"].sudo()  # that there is one is said to whoever erases
        domain = [
            ("drk_person_id", "in", self.ids),
            ("kind", "in", ("access", "portability")),
            ("state", "in", ("new", "identity", "working")),
        ]
        return [
            Blocker(
                request.drk_person_id.id,
                ANSWER_FIRST,
                self.env._("The access request %s is still open, please answer it first", request.number),
                False,
                requests_sudo._name,
                1,
            )
            for request in requests_sudo.search(domain)
        ]

    def _drk_erasure_blockers(self):
        """Return why these people are not erased now: open business, or not a person that may be erased at all."""
        return [*self._drk_open_business(), *self._drk_not_erasable()]

    def _drk_not_erasable(self):
        text = self.env._("Belongs to an association or to an active account of a member of staff")
        staff = self.filtered(
            lambda p: (
                p.ref_company_ids
                or any(user.active and not user.share for user in p.with_context(active_test=False).user_ids)
            )
        )
        return [Blocker(partner.id, "staff", text, False, "res.users", 1) for partner in staff]

    def _drk_restricted_on_request(self):
        """Return who wants the data stored and not used, as a list of ``Blocker`` (GDPR Art. 18(1)(b), (c), (2)).

        Nobody else's wish erases them: only an erasure that the person asks for ends it.
        """
        requests = self.env["drk.gdpr.request"].sudo()  # that there is one is said to whoever erases, not what is in it
        people = self.filtered("drk_is_restricted")
        rows = requests._read_group(
            [
                ("drk_person_id", "in", people.ids),
                ("kind", "=", "restriction"),
                ("state", "in", ("answered", "closed")),
            ],
            ["drk_person_id"],
            ["__count"],
        )
        text = self.env._("Restricted at the person's own request")
        return [Blocker(person.id, "restriction", text, False, requests._name, count) for person, count in rows]

    # ------------------------------------------------------------------ erasure
    def _drk_erase(self, run_id):
        """Erase these people as part of a run; the method of its jobs.

        :param int run_id: number of the ``drk.erasure.run``
        """
        run = self.env["drk.erasure.run"].browse(run_id)
        run_sudo = run._checked()
        if any(partner.company_id != run_sudo.company_id for partner in self.sudo()):
            raise AccessError(self.env._("A run erases people of its own association only."))
        run_sudo._erase(self.ids)
        run_sudo.with_delay(description=run_sudo.name)._finish_if_done()

    @api.model
    def _drk_customer_domain(self):
        """Return the domain of the people that count as known to an association (customer measurement)."""
        return [("drk_is_person", "=", True), ("drk_anonymised_at", "=", False)]
