import base64

from odoo import fields, models
from odoo.addons.drk_base.tools.lock import exclusive
from odoo.exceptions import UserError

from ..tools import table

# column as offices write it (lower case) -> our name
COLUMNS = {
    "kursnummer": "number",
    "kurs": "number",
    "course number": "number",
    "vorname": "firstname",
    "first name": "firstname",
    "nachname": "lastname",
    "name": "lastname",
    "last name": "lastname",
    "geburtsdatum": "birthdate_date",
    "birth date": "birthdate_date",
    "e-mail": "email",
    "email": "email",
    "telefon": "phone",
    "phone": "phone",
    "straße": "street",
    "strasse": "street",
    "street": "street",
    "plz": "zip",
    "postcode": "zip",
    "ort": "city",
    "city": "city",
    "firma": "company",
    "company": "company",
    "firma straße": "company_street",
    "firma plz": "company_zip",
    "firma ort": "company_city",
}
PERSON_FIELDS = ("firstname", "lastname", "email", "phone", "street", "zip", "city")


class ImportRefused(Exception):  # noqa: N818 - a refusal, no fault
    """Carries the list of row errors out of the transaction that is thrown away."""

    def __init__(self, errors):
        super().__init__()
        self.errors = errors


class DrkKtvImport(models.TransientModel):
    """Registrations from a CSV or Excel file: all rows through the door, or none."""

    _name = "drk.ktv.import"
    _description = "Import registrations"

    event_id = fields.Many2one(
        "event.event",
        string="Course",
        domain=[("drk_is_course", "=", True), ("kanban_state", "!=", "cancel"), ("date_end", ">", "now")],
        help="For rows without a course number.",
    )
    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char()
    to_waiting_list = fields.Boolean(string="Put on the waiting list if there are not enough places")
    errors = fields.Text(readonly=True)

    def action_import(self):
        """Book all rows; with one bad row write nothing and list what is wrong."""
        self.ensure_one()
        self.env["event.registration"].check_access("create")
        rows, errors = self._parse_rows()
        registration_ids = []
        if not errors:
            try:
                registration_ids = self._book_rows(rows)
            except ImportRefused as refused:
                errors = refused.errors
        if errors:
            self.errors = "\n".join(errors)
            return self._reopen()
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.event_registration_action")
        return action | {"domain": [("id", "in", registration_ids)], "context": {}, "target": "main"}

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import registrations"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_template(self):
        """Download an empty table with the columns that are understood."""
        return {"type": "ir.actions.act_url", "url": "/drk_ktv/static/import/anmeldungen.csv", "target": "download"}

    # ------------------------------------------------------------------ rows
    def _parse_rows(self):
        """Read the file and check each row alone.

        :return: (list of (row number, course, values), list of error texts)
        """
        rows, errors = [], []
        courses = {}
        for number, cells in self._read_file():
            try:
                rows.append((number, *self._parse_row(cells, courses)))
            except UserError as error:
                errors.append(self.env._("Row %(number)s: %(error)s", number=number, error=error.args[0]))
        return rows, errors

    def _read_file(self):
        messages = {
            "unreadable": self.env._("The file cannot be read. Please save it as CSV or Excel (xlsx)."),
            "empty": self.env._("The file has no rows."),
            "long": self.env._("The file has more than %s rows.", table.MAX_ROWS),
        }
        try:
            return table.read_table(base64.b64decode(self.file), self.filename or "")
        except table.TableError as error:
            raise UserError(messages[error.args[0]]) from error

    def _parse_row(self, cells, courses):
        values = {COLUMNS[name]: cell for name, cell in cells.items() if name in COLUMNS}
        if not table.text(values.get("lastname")):
            raise UserError(self.env._("The last name is missing."))
        person = {name: table.text(values.get(name)) for name in PERSON_FIELDS if table.text(values.get(name))}
        try:
            person["birthdate_date"] = table.day(values.get("birthdate_date"))
        except ValueError as error:
            raise UserError(self.env._("%s is not a date.", values["birthdate_date"])) from error
        course = self._find_course(table.text(values.get("number")).upper(), courses)
        company = {name: table.text(values.get(f"company_{name}")) for name in ("street", "zip", "city")}
        company["name"] = table.text(values.get("company"))
        return course, person, company

    def _find_course(self, number, courses):
        if not number and self.event_id:
            return self.event_id
        if number not in courses:
            domain = [("drk_number", "=", number), ("company_id", "=", self.env.company.id)]
            courses[number] = self.env["event.event"].search(domain, limit=1) if number else None
        if not courses[number]:
            raise UserError(self.env._("There is no course %s.", number or "–"))
        return courses[number]

    # ------------------------------------------------------------------ booking
    def _book_rows(self, rows):
        """Book under the locks of all courses of the file at once.

        :return: ids of the registrations
        :raise ImportRefused: when the door refused at least one row; nothing was written then
        """
        on_full = "waiting" if self.to_waiting_list else "refuse"
        course_ids = {course.id for _number, course, _person, _company in rows}
        ids, errors = [], []
        with exclusive(self.env, "event.event", course_ids):
            for number, course, person, company in rows:
                try:
                    with self.env.cr.savepoint():
                        ids += self._book_row(course, person, company, on_full).ids
                except UserError as error:
                    errors.append(self.env._("Row %(number)s: %(error)s", number=number, error=error.args[0]))
            if errors:
                raise ImportRefused(errors)
        return ids

    def _book_row(self, course, person, company, on_full):
        payer = {"is_company": True, **company} if company["name"] else None
        return course._drk_book(
            [person], payer=payer, payer_kind="company" if payer else "self", channel="import", on_full=on_full
        )
