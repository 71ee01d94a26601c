from . import website
from . import res_company
from . import res_partner
from . import res_users
from . import drk_web_page
from . import drk_form_once
from . import ir_http
from . import website_privacy
