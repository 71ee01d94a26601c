from odoo.tools import SQL


def wait_for(records):
    """Wait for who works on the same records; the database refuses when they were changed meanwhile.

    The ORM's own lock never waits: at the cash desk the second one would be turned away instead of being served next.

    :param records: recordset of a model with a table
    """
    if not records:
        return
    records.env.flush_all()
    table, ids = SQL.identifier(records._table), tuple(records.ids)
    query = SQL("SELECT id FROM %s WHERE id IN %s ORDER BY id FOR UPDATE", table, ids)
    records.env.cr.execute(query, log_exceptions=False)
    records.invalidate_recordset()
