from odoo import fields, models

SOCIAL = "drk_gdpr.group_drk_gdpr_social"


class ResPartner(models.Model):
    """Social data and numbers of health and social insurers: a page of its own, behind a right of its own.

    They have a prefetch group of their own, so that nobody reads them by the way.
    """

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    drk_schooling = fields.Char(string="Schooling", groups=SOCIAL, prefetch="drk_social")
    drk_training = fields.Char(string="Vocational training", groups=SOCIAL, prefetch="drk_social")
    drk_occupation = fields.Char(string="Occupation", groups=SOCIAL, prefetch="drk_social")
    drk_employment = fields.Selection(
        [
            ("employed", "Employed"),
            ("self_employed", "Self-employed"),
            ("training", "In training"),
            ("school", "At school or university"),
            ("unemployed", "Looking for work"),
            ("retired", "Retired"),
            ("other", "Other"),
        ],
        string="Employment",
        groups=SOCIAL,
        prefetch="drk_social",
    )
    drk_marital_status = fields.Selection(
        [
            ("single", "Single"),
            ("married", "Married"),
            ("partnership", "Civil partnership"),
            ("separated", "Separated"),
            ("divorced", "Divorced"),
            ("widowed", "Widowed"),
        ],
        string="Marital status",
        groups=SOCIAL,
        prefetch="drk_social",
    )
    drk_native_language = fields.Char(string="Native language", groups=SOCIAL, prefetch="drk_social")
    drk_health_insurance = fields.Char(string="Health insurance", groups=SOCIAL, prefetch="drk_social")
    drk_health_insurance_number = fields.Char(string="Health insurance number", groups=SOCIAL, prefetch="drk_social")
    drk_social_security_number = fields.Char(string="Social security number", groups=SOCIAL, prefetch="drk_social")
    drk_employment_office_number = fields.Char(string="Employment office number", groups=SOCIAL, prefetch="drk_social")
    drk_disability_degree = fields.Integer(string="Degree of disability", groups=SOCIAL, prefetch="drk_social")
    drk_health_note = fields.Text(string="Note on health", groups=SOCIAL, prefetch="drk_social")
