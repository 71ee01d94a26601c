from . import calendar
from . import links
from . import lock
from . import log_filter

log_filter.install()
