from . import drk_consent_bulk
from . import drk_consent_wizard
from . import drk_inventory_print
from . import drk_privacy_settings
