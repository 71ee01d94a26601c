from . import drk_consent_wizard
from . import drk_access_sheet_wizard
