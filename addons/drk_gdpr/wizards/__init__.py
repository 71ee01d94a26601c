from . import drk_consent_wizard
