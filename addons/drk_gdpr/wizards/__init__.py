from . import drk_consent_wizard
from . import drk_anonymise
