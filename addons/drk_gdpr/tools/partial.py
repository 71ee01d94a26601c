"""The partial deletion: which parts of a person can go, by kind of person."""

ALL_BUT_CONTACT = "all_but_contact"
ALL_BUT_BAMF = "all_but_bamf"

#: Kind of person to the parts that can be chosen, in the order of the dialog.
OPTIONS = {
    "participant": ("bank", "phone", "mobile", "email", "block_note", "login", ALL_BUT_CONTACT, ALL_BUT_BAMF),
    "lecturer": ("bank", "phone", "mobile", "email", "login", ALL_BUT_CONTACT),
    "address": ("bank", "phone", "mobile", "email", ALL_BUT_CONTACT),
}

#: Name and form of address: an address without them is none.
NAME_FIELDS = frozenset(
    {
        "name", "firstname", "lastname", "complete_name", "display_name", "drk_salutation", "drk_title",
        "drk_letter_salutation", "drk_name_supplement_1", "drk_name_supplement_2", "drk_name_supplement_3",
        "drk_name_key", "parent_id", "commercial_partner_id", "commercial_company_name", "company_name", "lang",
    }
)  # fmt: skip
#: What an integration course has to report about its participants.
BAMF_FIELDS = frozenset({"birthdate_date", "drk_birth_name", "drk_birth_place", "drk_nationality_id"})
#: Never cleared in parts: the proof of a declaration follows its own period, money is kept by the books.
KEPT_CATEGORIES = frozenset({"address", "consent", "money", "technical"})
CONTACT_CATEGORIES = frozenset({"bank", "communication"})

ALL = (ALL_BUT_CONTACT, ALL_BUT_BAMF)


def cleared_fields(option, rows):
    """Choose what one of the two "all data except" parts clears.

    :param str option: ``ALL_BUT_CONTACT`` or ``ALL_BUT_BAMF``
    :param rows: list of (field, category, treatment) of ``res.partner`` from the inventory
    :return: sorted list of field names
    """
    kept = NAME_FIELDS | (BAMF_FIELDS if option == ALL_BUT_BAMF else frozenset())
    categories = KEPT_CATEGORIES | (CONTACT_CATEGORIES if option == ALL_BUT_CONTACT else frozenset())
    return sorted(
        field
        for field, category, treatment in rows
        if treatment in ("clear", "delete") and field not in kept and category not in categories
    )
