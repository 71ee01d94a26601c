from . import drk_consent_bulk
from . import base_partner_merge
from . import drk_consent_wizard
from . import drk_deletion_check
from . import drk_partial_deletion
from . import drk_inventory_print
from . import drk_privacy_settings
from . import drk_erasure_request
