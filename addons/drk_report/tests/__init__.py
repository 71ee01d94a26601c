from . import test_docx
from . import test_fetcher
from . import test_letter
from . import test_report_engine
from . import test_translation
