"""What the engine of erasure knows: what is done to which columns, and what one chunk of people is about."""

from collections import defaultdict
from dataclasses import dataclass, field

PARTNER = "res.partner"


class LeftAlone(tuple):
    """Outcome (state, keep_until, reason) of a person of whom nothing was erased."""

    __slots__ = ()


@dataclass(frozen=True)
class Cell:
    """One field of the inventory and what erasure does to it."""

    name: str
    treatment: str
    category: str
    #: "column", "relation" (many2many table), "file" (attachment of the field) or "text" (values are taken out)
    form: str
    #: SQL of the value that stays, may name the parameters of the symbolic values
    value: str = "NULL"
    #: table and own column of a many2many
    relation: tuple = ()
    is_text: bool = False


@dataclass(frozen=True)
class Unit:
    """The fields of one model that belong to the people at the end of one path."""

    number: int
    model: str
    table: str
    path: str
    #: SELECT of id and person_id with the parameter "people"
    find: str
    way: frozenset
    treatment: str
    cells: tuple

    @property
    def deletes(self):
        return self.treatment == "delete"

    @property
    def can_be_kept(self):
        return self.deletes or self.is_voucher or any(cell.treatment == "keep_until" for cell in self.cells)

    @property
    def is_voucher(self):
        """Kept as a whole: nothing of the record changes before the period ends."""
        return self.treatment == "keep_until"


@dataclass(frozen=True)
class Link:
    """A field that names people in records that are not about them."""

    model: str
    table: str
    column: str
    target: str
    relation: tuple = ()


@dataclass
class Work:
    """One chunk: its people and their records."""

    run: object
    people: list
    today: object
    #: unit -> record -> set of people
    hits: dict = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    #: model -> record -> (date, reason)
    kept: dict = field(default_factory=dict)
    users: list = field(default_factory=list)
    params: dict = field(default_factory=dict)
    #: people whose name and address stay, because something that is kept needs them
    known: set = field(default_factory=set)
    #: people with open business who asked for their erasure: what the business needs stays; person -> reason
    waiting: dict = field(default_factory=dict)
    #: person -> list of (date, reason)
    reasons: dict = field(default_factory=lambda: defaultdict(list))
    #: for texts of records that belong to a person
    replace: object = None
    #: for texts about something else that many read: names that are words have to stand with a salutation
    replace_shared: object = None
    #: for texts that hold nobody's first or last name alone
    replace_strictly: object = None

    def ids_of(self, model):
        """:return: all records of the model that belong to the people, sorted list"""
        return sorted({res_id for unit, rows in self.hits.items() if unit.model == model for res_id in rows})

    def kept_ids(self, model):
        return set(self.kept.get(model, ()))

    def free_ids(self, model):
        """:return: sorted list of the records that nothing keeps"""
        return sorted(set(self.ids_of(model)) - self.kept_ids(model))

    def models(self):
        return sorted({unit.model for unit in self.hits})

    def treatment_of(self, model):
        return next(unit.treatment for unit in self.hits if unit.model == model)
