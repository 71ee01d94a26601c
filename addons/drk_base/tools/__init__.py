from . import calendar
from . import links
from . import lock
from . import log_filter
from . import own_transaction
from . import services
from . import sms
from . import https
from . import sms_api

log_filter.install()
