from . import core_doors
from . import pages
from . import booking
from . import portal
