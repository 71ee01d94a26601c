from . import calendar
from . import links
from . import lock
from . import log_filter
from . import services

log_filter.install()
