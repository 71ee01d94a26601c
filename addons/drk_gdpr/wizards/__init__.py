from . import drk_consent_wizard
from . import drk_anonymise
from . import drk_anonymise_selection
