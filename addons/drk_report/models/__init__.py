from . import drk_docx_template
from . import ir_actions_report
from . import res_company
from . import res_partner
