from . import drk_ktv_register
from . import drk_ktv_cancel
from . import drk_ktv_settings
from . import drk_ktv_import
from . import drk_course_mail_wizard
