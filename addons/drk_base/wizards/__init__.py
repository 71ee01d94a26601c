from . import sms_account_code
from . import sms_account_phone
from . import sms_account_sender
from . import sms_composer
