from . import drk_charge_reverse
from . import drk_invoice_run
from . import drk_collect
from . import drk_payment_undo
from . import drk_cash_transfer
