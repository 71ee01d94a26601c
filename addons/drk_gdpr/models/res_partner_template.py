from odoo import api, models
from odoo.tools import format_datetime

#: The clock of letters whose reader has no time zone.
LETTER_ZONE = "Europe/Berlin"
DAY_FORMAT = "dd.MM.yyyy"


class ResPartner(models.Model):
    """Variables of letters and mails: one function fills mails, documents and Word templates."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def _drk_template_person(self):
        return self

    def _drk_template_values(self):
        """Hook: return the variables of one person as texts; unknown is an empty text.

        :return: dict of the names in ``_drk_template_variables``
        :raise AccessError: when the user may not read the person
        """
        if not self:
            return dict.fromkeys(self._drk_template_names(), "")
        self.ensure_one()
        self.check_access("read")
        return {**self._drk_signature_values("U", "given"), **self._drk_signature_values("W", "withdrawn")}

    def _drk_signature_values(self, letter, kind):
        moment = self[f"drk_consent_{kind}_at"]
        zone = {"tz": self.env.context.get("tz") or LETTER_ZONE, "lang_code": self.lang or self.env.lang}
        channel = self[f"drk_consent_{kind}_channel_id"].sudo()  # the value list holds no data of anybody
        values = {
            "A": format_datetime(self.env, moment, dt_format=DAY_FORMAT, **zone) if moment else "",
            "U": format_datetime(self.env, moment, dt_format="HH:mm", **zone) if moment else "",
            # sudo: who captured it stands beside the declaration, whoever may read other users
            "EV": self[f"drk_consent_{kind}_by_id"].sudo().name,
            "EVS": channel.key,
            "EVT": channel.with_context(lang=self.lang or self.env.lang).name,
        }
        return {f"TNDSE_{letter}{name}": value or "" for name, value in values.items()}

    @api.model
    def _drk_template_variables(self):
        """Hook: return the names and meanings of the variables of one person.

        :return: dict of name to label, in the order of the list on screen
        """
        return {
            "TNDSE_UA": self.env._("Signed on: date"),
            "TNDSE_UU": self.env._("Signed on: time"),
            "TNDSE_UEV": self.env._("Signature captured by"),
            "TNDSE_UEVS": self.env._("Signature received via: key"),
            "TNDSE_UEVT": self.env._("Signature received via: text"),
            "TNDSE_WA": self.env._("Withdrawn on: date"),
            "TNDSE_WU": self.env._("Withdrawn on: time"),
            "TNDSE_WEV": self.env._("Withdrawal captured by"),
            "TNDSE_WEVS": self.env._("Withdrawal received via: key"),
            "TNDSE_WEVT": self.env._("Withdrawal received via: text"),
        }

    @api.model
    def _drk_template_names(self):
        return tuple(self._drk_template_variables())

    @api.model
    def _drk_template_groups(self, model_name):
        """Hook: return the headings under which the variables of a kind of records are listed on screen."""
        return {
            "res.partner": [
                self.env._("Participants / DSGVO"),
                self.env._("Participants / Single output of contact persons / DSGVO"),
                self.env._("Lecturers / DSGVO"),
                self.env._("Addresses / DSGVO"),
            ],
            "res.users": [self.env._("Users / DSGVO")],
        }.get(model_name, [])

    @api.model
    def _drk_template_help(self, model_name, pattern="{{ %s }}"):
        """Return the list "Verfügbare Variablen" of a kind of records as text, empty when it has no person."""
        lines = [f"{pattern % name}    {label}" for name, label in self._drk_template_variables().items()]
        return "\n\n".join("\n".join([group, *lines]) for group in self._drk_template_groups(model_name))
