"""Demo data: a login for each role; the password is the login."""

from odoo import Command, fields

USER, MANAGER, INSTRUCTOR = (
    "drk_ktv.group_drk_ktv_user",
    "drk_ktv.group_drk_ktv_manager",
    "drk_ktv.group_drk_ktv_instructor",
)
# login, name, groups; who teaches or learns is one of the people instead and stands in _users()
ROLES = (  # the second association has the first four
    ("kursbuero", "Kursbüro", (USER,)),
    (
        "leitung",
        "Leitung Breitenausbildung",
        (MANAGER, "drk_base.group_drk_base_manager", "drk_gdpr.group_drk_gdpr_user"),
    ),
    ("buchhaltung", "Buchhaltung", ("drk_finance.group_drk_finance_accountant",)),
    ("kasse", "Kasse", ("drk_finance.group_drk_finance_cashier",)),
    ("datenschutz", "Datenschutz", ("drk_gdpr.group_drk_gdpr_officer",)),
)


class Users:
    """The logins of an association being filled."""

    def _staff(self):
        suffix, city = self.data["suffix"], self.data["company"]["city"]
        return [
            self._user(login + suffix, groups, name=f"{name} {city}")
            for login, name, groups in (ROLES[:4] if suffix else ROLES)
        ]

    def _users(self):
        suffix = self.data["suffix"]
        if self.instructors:
            instructor = self.instructors[0]
            user = self._user(f"ausbilder{suffix}", (INSTRUCTOR,), partner_id=instructor.partner_id.id)
            instructor.user_id = user
        member = self._member()
        if member:
            self._user(f"mitglied{suffix}", ("base.group_portal",), partner_id=member.id)

    def _member(self):
        """Somebody whose course is still to come, and who is no instructor."""
        domain = [
            ("company_id", "=", self.company.id),
            ("drk_is_course", "=", True),
            ("state", "=", "open"),
            ("event_id.date_begin", ">", fields.Datetime.now()),
        ]
        bookings = self.env["event.registration"].search(domain, order="id", limit=200)
        return (bookings.drk_participant_id - self.instructors.partner_id).filtered(lambda person: not person.user_ids)[
            :1
        ]

    def _user(self, login, groups, **vals):
        users = self.env["res.users"].with_context(active_test=False)
        user = users.search([("login", "=", login), ("company_id", "=", self.company.id)], limit=1)
        return user or users.create(
            {
                "login": login,
                "password": login,
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.set([self.env.ref(group).id for group in groups])],
                "lang": "de_DE",
                "tz": "Europe/Berlin",
                **({"email": f"{login}@example.org"} if "partner_id" not in vals else {}),
                **vals,
            }
        )
