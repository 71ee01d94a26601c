from datetime import timedelta

from odoo import fields
from odoo.http import Controller, request, route
from odoo.tools import SQL

STANDSTILL_SECONDS = 300


class Health(Controller):
    """For the monitoring: does the database answer, do jobs move. Names no data."""

    @route("/drk/health", type="http", auth="public", methods=["GET"], csrf=False, save_session=False, sitemap=False)
    def health(self):
        if not request.env["drk.rate.limit"]._allow("health", request.httprequest.remote_addr, 60, 60):
            return request.make_json_response({"status": "too many requests"}, status=429)
        since = self._jobs_waiting_since()
        waiting = (fields.Datetime.now() - since).total_seconds() if since else 0
        standing = waiting > STANDSTILL_SECONDS and not self._has_moved()
        return request.make_json_response(
            {
                "status": "jobs standing still" if standing else "ok",
                "database": "ok",
                "jobs_waiting_since": fields.Datetime.to_string(since) if since else None,
            },
            status=503 if standing else 200,
        )

    def _has_moved(self):
        """Return whether a job began or ended lately: a long queue that moves is no alarm."""
        since = fields.Datetime.now() - timedelta(seconds=STANDSTILL_SECONDS)
        return bool(
            request.env.execute_query(
                SQL("SELECT 1 FROM queue_job WHERE date_started > %s OR date_done > %s LIMIT 1", since, since)
            )
        )

    def _jobs_waiting_since(self):
        """Return since when the oldest job that could run waits, naive UTC, or None."""
        row = request.env.execute_query(
            SQL(
                "SELECT MIN(GREATEST(date_created, eta)) FROM queue_job"
                " WHERE state IN ('pending', 'enqueued') AND (eta IS NULL OR eta <= NOW() AT TIME ZONE 'UTC')"
            )
        )
        return row[0][0]
