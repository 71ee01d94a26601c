from . import main
from . import portal
from . import privacy
from . import privacy_request
