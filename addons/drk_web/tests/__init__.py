from . import test_forms
from . import test_form_once
from . import test_public_form
from . import test_sites
from . import test_pages_in_browser
from . import test_translations
from . import test_privacy_pages
from . import test_privacy_request
