from . import core_doors
from . import pages
from . import booking
from . import portal
from . import rebook
from . import attendance
from . import certificate
from . import money
