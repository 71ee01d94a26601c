from . import forms
from . import stamp
