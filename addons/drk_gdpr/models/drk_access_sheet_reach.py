from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from ..tools.sheet import Reached

PARTNER, USER, BANK = "res.partner", "res.users", "res.partner.bank"
ENGAGEMENT = "drk.gdpr.engagement"
#: Way to a record that hangs on another one of the person, as files and messages do.
DOCUMENT = "document"
#: Hang on a document, but tell about who works with it.
ABOUT_OTHERS = {"mail.followers"}
#: Pairs of fields that name any record.
DOCUMENT_FIELDS = (("res_model", "res_id"), ("model", "res_id"))
#: Addresses that belong to a person, beside the person.
ADDRESS_TYPES = ("invoice", "delivery", "other")


class DrkAccessSheet(models.AbstractModel):
    """Which records of the installed suite lead to a person, read from the inventory."""

    _inherit = "drk.access.sheet"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _reach(self, people):
        """Find every record that the inventory connects with these people, some queries for all people together.

        :param people: ``res.partner`` of the engine
        :return: dict of model name to ``Reached``
        """
        targets = self._targets(people)
        reached = {PARTNER: Reached()}
        for partner_id, person_id in targets[PARTNER].items():
            reached[PARTNER].add(partner_id, person_id, "")
        models_left = [name for name in self._sheet_rows() if name != PARTNER]
        for name in models_left:
            for way in self._person_ways(name):
                self._follow(reached, name, way, targets[self._end_model(name, way)], people)
        self._reach_by_address(reached, people)
        for _round in range(2):  # what hangs on a document may carry documents itself
            self._reach_dependents(reached, people)
            self._reach_documents(reached, people)
        return {name: found for name, found in reached.items() if found.ways}

    def _targets(self, people):
        """Return for each model that is a person the records that stand for these people."""
        natural = people.filtered(lambda person: not person.is_company)
        addresses = people.search([("parent_id", "in", natural.ids), ("type", "in", ADDRESS_TYPES)])
        partners = {person.id: person.id for person in people} | {
            address.id: address.parent_id.id for address in addresses if address.id not in people.ids
        }
        users = self.env[USER].search([("partner_id", "in", list(partners))])
        accounts = self.env[BANK].search([("partner_id", "in", list(partners))])
        return {
            PARTNER: partners,
            USER: {user.id: partners[user.partner_id.id] for user in users},
            BANK: {account.id: partners[account.partner_id.id] for account in accounts},
        }

    @api.model
    def _with_inventory(self):
        """Return the engine with the inventory in hand: it is asked for every model and way.

        Read anew: a caller must not bring an inventory along.
        """
        fresh = self.with_context(drk_sheet_rows=None, drk_sheet_paths=None)
        return self.with_context(drk_sheet_rows=fresh._sheet_rows(), drk_sheet_paths=fresh._inventory_paths())

    @api.model
    def _sheet_rows(self):
        """Return what stands on the sheet: dict of model name to dict of field name to category."""
        if self.env.context.get("drk_sheet_rows") is not None:
            return self.env.context["drk_sheet_rows"]
        rows = defaultdict(dict)
        for row in self.env["drk.inventory.field"].search([("on_sheet", "=", True)]):
            model = self.env.get(row.model)
            if model is not None and model._auto and row.field in model._fields:
                rows[row.model][row.field] = row.category
        return dict(sorted(rows.items()))

    @api.model
    def _inventory_paths(self):
        if self.env.context.get("drk_sheet_paths") is not None:
            return self.env.context["drk_sheet_paths"]
        return {row.model: row.path or "" for row in self.env["drk.inventory.model"].search([("kind", "!=", "none")])}

    @api.model
    def _inventory_path(self, model_name):
        return "partner_id" if model_name == BANK else self._inventory_paths().get(model_name, "")

    @api.model
    def _main_way(self, model_name):
        """Hook: return the path to the person whom the fields of a model tell about.

        Extend it where the inventory names somebody else first (the booker of another's booking).
        """
        return self._inventory_path(model_name)

    @api.model
    def _field_ways(self, model_name):
        """Hook: return which fields of a model tell about somebody else than the person of ``_main_way``.

        :return: dict of field name to set of paths to those who may read it
        """
        return {}

    @api.model
    def _work_models(self):
        """Hook: return the models whose texts are the work of staff and tell about others, not about who wrote them."""
        return {"mail.message", "mail.activity", "mail.scheduled.message", "privacy.log", "event.event", "queue.job"}

    @api.model
    def _end_model(self, model_name, way):
        """Return the model at the end of a path, ``None`` when it is no path of fields."""
        model = self.env[model_name]
        for name in way.split("."):
            field = model._fields.get(name)
            if field is None or not field.comodel_name:
                return None
            model = self.env[field.comodel_name]
        return model._name

    def _person_ways(self, model_name):
        """Return the paths of a model that end at a person: the inventory's and every link on the sheet."""
        model = self.env[model_name]
        ways = {self._inventory_path(model_name), self._main_way(model_name)}
        ways |= {way for found in self._field_ways(model_name).values() for way in found}
        ways |= {name for name in self._sheet_rows()[model_name] if model._fields[name].comodel_name in (PARTNER, USER)}
        return sorted(way for way in ways if way and self._end_model(model_name, way) in (PARTNER, USER, BANK))

    def _follow(self, reached, model_name, way, targets, people):
        """Add the records that lead to the targets on one way."""
        if not targets:
            return
        found = reached.setdefault(model_name, Reached())
        companies = {person.id: person.company_id for person in people}
        records = self.env[model_name].search(Domain(way, "in", list(targets)) & self._open_domain(model_name))
        for record in records - self._about_confidential(records):
            for target_id in record.mapped(way).ids:
                person_id = targets.get(target_id)
                if person_id and self._is_in_association(record, companies[person_id]):
                    found.add(record.id, person_id, way)

    @api.model
    def _is_in_association(self, record, company):
        """A sheet of one association tells nothing that another one knows."""
        field = record._fields.get("company_id")
        return field is None or field.comodel_name != "res.company" or record.company_id <= company or not company

    @api.model
    def _open_domain(self, model_name):
        """Leave out confidential engagements and what hangs on them (G-9)."""
        if self.env.context.get("drk_sheet_confidential"):
            return Domain.TRUE
        model, domain = self.env[model_name], Domain.TRUE
        if "drk_confidential" in model._fields:
            domain &= Domain("drk_confidential", "!=", True)
        for field in model._fields.values():
            linked = field.store and field.type == "many2one" and self.env[field.comodel_name]._fields
            if linked and "drk_confidential" in linked and linked["drk_confidential"].store:
                domain &= Domain(field.name, "=", False) | Domain(f"{field.name}.drk_confidential", "!=", True)
        return domain

    def _about_confidential(self, records):
        """Return the messages, tasks and files among these that hang on confidential engagements."""
        pair = self._document_pair(records._name)
        hidden = records.browse()
        if not pair or self.env.context.get("drk_sheet_confidential"):
            return hidden
        model_field, id_field = pair
        for model_name, found in records.grouped(model_field).items():
            model = self.env.get(model_name) if model_name else None
            if model is not None and "drk_confidential" in model._fields:
                domain = [("id", "in", found.mapped(id_field)), ("drk_confidential", "=", True)]
                secret = set(model.search(domain).ids)
                hidden |= found.filtered(lambda record, secret=secret: record[id_field] in secret)
        return hidden

    def _reach_by_address(self, reached, people):
        """Lists that know an address only: blocked mail addresses and phone numbers, recipients of a newsletter."""
        mails, phones = defaultdict(set), defaultdict(set)
        for person in people:
            mails[person.email_normalized].add(person.id)
            phones[person.phone_sanitized].add(person.id)
        for name in self._sheet_rows():
            model = self.env[name]
            for field_name, owners in (("email_normalized", mails), ("email", mails), ("number", phones)):
                is_list = name in ("mail.blacklist", "mail.gateway.allowed", "phone.blacklist", "mailing.contact")
                if is_list and field_name in model._fields and model._fields[field_name].store:
                    known = [address for address in owners if address]
                    for record in model.search([(field_name, "in", known)]):
                        for person_id in owners[record[field_name]]:
                            reached.setdefault(name, Reached()).add(record.id, person_id, self._main_way(name))

    def _reach_dependents(self, reached, people):
        """Records whose path leads to another record of the person instead of the person."""
        for name in self._sheet_rows():
            way = self._main_way(name)
            end = self._end_model(name, way) if way else None
            if end is None or end in (PARTNER, USER, BANK) or end not in reached:
                continue
            ways = self._own_ways(end)
            owners = {key: reached[end].people(key, ways) for key in reached[end].ids(ways)}
            found = reached.setdefault(name, Reached())
            for record in self.env[name].search(Domain(way, "in", list(owners)) & self._open_domain(name)):
                for key in record.mapped(way).ids:
                    for person_id in owners.get(key, ()):
                        found.add(record.id, person_id, way)

    def _reach_documents(self, reached, people):
        """Files, messages and tasks that hang on the person or on a record that is the person's alone."""
        for name in self._sheet_rows():
            pair = self._document_pair(name)
            if not pair or name in ABOUT_OTHERS:
                continue
            for document_model in [key for key in reached if key != name and not self._is_shared(key)]:
                documents = reached[document_model]
                ways = self._own_ways(document_model)
                self._reach_document(reached, name, pair, document_model, documents, ways)

    def _reach_document(self, reached, name, pair, document_model, documents, ways):
        model_field, id_field = pair
        domain = Domain(model_field, "=", document_model) & Domain(id_field, "in", list(documents.ids(ways)))
        if name == "ir.attachment":
            domain &= Domain("res_field", "=", False)  # the others are fields of the record
        found = reached.setdefault(name, Reached())
        for record in self.env[name].search(domain):
            for person_id in documents.people(record[id_field], ways):
                found.add(record.id, person_id, DOCUMENT)

    @api.model
    def _document_pair(self, model_name):
        model = self.env[model_name]
        for model_field, id_field in DOCUMENT_FIELDS:
            pair = model._fields.get(model_field), model._fields.get(id_field)
            if all(pair) and pair[1].store and pair[0].type in ("char", "selection"):
                return model_field, id_field
        return None

    @api.model
    def _is_shared(self, model_name):
        """A record of several people (an appointment, a course) carries files and messages of all of them."""
        first = self._main_way(model_name).partition(".")[0]
        field = self.env[model_name]._fields.get(first)
        return model_name in self._work_models() or (field is not None and field.type in ("one2many", "many2many"))

    @api.model
    def _own_ways(self, model_name):
        """Return the ways on which a record tells about the person that it reaches."""
        return {"", DOCUMENT, self._main_way(model_name)}
