from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Bookings on invoices that are paid in part said that the invoice is open."""
    if not version:
        return
    registrations = api.Environment(cr, SUPERUSER_ID, {})["event.registration"].with_context(active_test=False)
    domain = [("drk_money_state", "=", "invoiced"), ("drk_charge_ids.move_id.payment_state", "=", "partial")]
    found = registrations.search(domain)
    found.env.add_to_compute(found._fields["drk_money_state"], found)
    found.flush_recordset(["drk_money_state"])
