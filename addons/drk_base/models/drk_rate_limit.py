import ipaddress
import time
from datetime import timedelta

from odoo import api, fields, models, sql_db
from odoo.tools.misc import hmac

KEEP = timedelta(days=2)


class DrkRateLimit(models.Model):
    """How often a form was used by an address in a time window. Shared, read by nobody, emptied daily.

    The count is kept in a transaction of its own, so all workers see it, also when the request fails.
    """

    _name = "drk.rate.limit"
    _description = "Rate limit"
    _log_access = False
    _rec_name = "form"

    form = fields.Char(required=True)
    address_key = fields.Char(required=True, help="Keyed hash of the address, empty for the sum over all addresses.")
    window_start = fields.Datetime(required=True, index=True)
    seconds = fields.Integer(required=True)
    hits = fields.Integer(required=True, default=0)

    _counter = models.Constraint("UNIQUE(form, address_key, seconds, window_start)", "One counter for each window.")

    @api.model
    def _allow(self, form, address, limit, seconds):
        """Count one use and return whether it is within the limit.

        :param str form: name of the form or route
        :param address: address of the visitor, or None for the sum over all visitors
        :param int limit: uses allowed in a window
        :param int seconds: length of the window
        """
        return self._hit(form, self._address_key(address), seconds) <= limit

    def _hit(self, form, address_key, seconds):
        window = int(time.time() // seconds * seconds)
        with self.env.registry.cursor() as cr:
            if isinstance(cr, sql_db.Cursor):  # two visitors at once must wait for each other, not fail
                cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            cr.execute(
                """
                INSERT INTO drk_rate_limit (form, address_key, seconds, window_start, hits)
                VALUES (%s, %s, %s, to_timestamp(%s) AT TIME ZONE 'UTC', 1)
                ON CONFLICT (form, address_key, seconds, window_start)
                DO UPDATE SET hits = drk_rate_limit.hits + 1
                RETURNING hits
                """,
                [form, address_key, seconds, window],
            )
            return cr.fetchone()[0]

    @api.model
    def _address_key(self, address):
        if not address:
            return ""
        # the database secret is for the system only
        return hmac(self.sudo().env, "drk.rate.limit", _network(address))[:32]

    @api.autovacuum
    def _gc_windows(self):
        limit = fields.Datetime.now() - KEEP
        self.env.cr.execute("DELETE FROM drk_rate_limit WHERE window_start < %s", [limit])


def _network(address):
    """One household or server has a whole /64 of IPv6 addresses: count it once."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return str(address)
    if ip.version == 6 and not ip.ipv4_mapped:
        return str(ipaddress.ip_network(f"{ip}/64", strict=False))
    return str(ip.ipv4_mapped if ip.version == 6 else ip)
