from odoo.tools import format_date


def format_period(env, start, end):
    """Return one day or a period as text in the language of the environment.

    :param start: first day
    :param end: last day, or None
    """
    if not end or end == start:
        return format_date(env, start)
    return f"{format_date(env, start)} – {format_date(env, end)}"
