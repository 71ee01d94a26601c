"""From the path of an inventory row to the SQL that finds the records of people."""

from dataclasses import dataclass, field

PARTNER = "res.partner"
#: What a record belongs to when a path ends on one of these.
ENDS = {"res.users": "partner_id", "res.partner.bank": "partner_id"}
MAX_STEPS = 8


@dataclass
class Chain:
    """The joins from a table to the person."""

    env: object
    model: object
    key: str = "r.id"
    alias: str = "r"
    joins: list = field(default_factory=list)
    models: set = field(default_factory=set)

    def step(self, name):
        """Follow one field; return whether that is possible."""
        link = self.model._fields.get(name)
        if link is None or not link.relational or not (link.store or link.type == "one2many"):
            return False
        self._join_table()
        if link.type == "many2one":
            self.key, self.alias = f'{self.alias}."{name}"', None
        elif link.type == "one2many" and self._is_stored_inverse(link):
            self._join(self.env[link.comodel_name]._table, f'"{link.inverse_name}"')
            self.key = f"{self.alias}.id"
        elif link.type == "many2many":
            self._join(link.relation, f'"{link.column1}"')
            self.key, self.alias = f'{self.alias}."{link.column2}"', None
        else:
            return False
        self.model = self.env[link.comodel_name]
        self.models.add(self.model._name)
        return True

    def _is_stored_inverse(self, link):
        inverse = self.env[link.comodel_name]._fields.get(link.inverse_name)
        return inverse is not None and inverse.store and inverse.type == "many2one"

    def _join_table(self):
        if self.alias is None:
            self._join(self.model._table, "id")

    def _join(self, table, column):
        key, self.alias = self.key, f"t{len(self.joins)}"
        self.joins.append(f'JOIN "{table}" {self.alias} ON {self.alias}.{column} = {key}')


def find_people_sql(env, model_name, path, paths):
    """Return the SQL that finds records of a model and the person each belongs to.

    :param path: dotted names of fields, from a record to the person; empty on ``res.partner``
    :param paths: dict of model name to the path of its inventory row, for paths that end on another record
    :return: tuple of a SELECT of ``id, person_id`` with the parameter ``people``, and the names of the models on its way;
        ``(None, None)`` where the path is no chain of stored fields
    """
    chain = Chain(env, env[model_name])
    names = path.split(".") if path else []
    for _step in range(MAX_STEPS):
        while names:
            if not chain.step(names.pop(0)):
                return None, None
        if chain.model._name == PARTNER:
            joins = " ".join(chain.joins)
            select = f'SELECT r.id, {chain.key} AS person_id FROM "{env[model_name]._table}" r {joins}'
            return f"{select} WHERE {chain.key} = ANY(%(people)s)", frozenset(chain.models)
        following = ENDS.get(chain.model._name) or paths.get(chain.model._name)
        if not following:
            return None, None
        names = following.split(".")
    return None, None
