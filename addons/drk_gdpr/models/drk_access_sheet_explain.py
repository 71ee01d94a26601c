from odoo import api, models
from odoo.tools import format_date

from .drk_consent_channel import WEB_CHANNEL


class DrkAccessSheet(models.AbstractModel):
    """What Art. 15(1) wants beside the data: purposes, recipients, periods, origin and rights."""

    _inherit = "drk.access.sheet"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _explain(self, code, person, entries):
        """Hook: return the lines of a section without data.

        :param code: ``purpose``, ``period``, ``recipient``, ``origin`` or ``rights``
        :param entries: what stands on the sheet of this person
        """
        own = (self._settings(person)[code] or "").splitlines()
        return [line for line in [*getattr(self, f"_explain_{code}")(person, entries), *own] if line.strip()]

    def _explain_purpose(self, person, entries):
        titles = {(entry["label"], entry["title"]) for entry in entries if entry["title"]}
        lines = [f"{label}: {title}" for label, title in sorted(titles)]
        return lines or [self.env._("Contact and correspondence with the association (GDPR Art. 6(1)(b) and (f)).")]

    def _explain_period(self, person, entries):
        kept = {
            (entry["label"], entry["title"], entry["keep_until"], entry["keep_reason"])
            for entry in entries
            if entry["keep_until"]
        }
        lines = [
            self.env._(
                "%(what)s: until %(day)s%(why)s",
                what=": ".join(filter(None, (label, title))),
                day=day,
                why=f" ({reason})" if reason else "",
            )
            for label, title, day, reason in sorted(kept)
        ]
        return [
            *lines,
            self.env._(
                "All other data are erased as soon as they are no longer needed for the purposes named above and no law "
                "demands that they are kept."
            ),
        ]

    def _explain_recipient(self, person, entries):
        return self._recipients(person)

    @api.model
    def _recipients(self, person):
        """Hook: return to whom data of a person were given, one text each."""
        return []

    def _explain_origin(self, person, entries):
        day = format_date(self.env, person.create_date)
        by_staff = person.create_uid._is_internal() and not person.create_uid._is_superuser()
        if by_staff:
            first = self.env._("Recorded by staff of the association on %s, from what you told them.", day)
        else:
            first = self.env._("Recorded on %s, from an entry on the web site or by another program.", day)
        web = person.drk_consent_ids.filtered(lambda consent: consent.channel_id.key == WEB_CHANNEL)
        further = [self.env._("Declarations came in on the web site.")] if web else []
        return [first, *further, *self._origins(person)]

    @api.model
    def _origins(self, person):
        """Hook: return further sources of the data of a person, one text each."""
        return []

    def _explain_rights(self, person, entries):
        return [
            self.env._(
                "You may ask for rectification (Art. 16), erasure (Art. 17), restriction of processing (Art. 18) and for "
                "your data in a machine-readable form (Art. 20), and object to the processing (Art. 21)."
            ),
            self.env._("A consent can be withdrawn at any time with effect for the future (Art. 7(3))."),
            self.env._("You may complain to the data protection authority of your Land (Art. 77)."),
            self.env._("There is no automated decision-making and no profiling (Art. 22)."),
        ]
