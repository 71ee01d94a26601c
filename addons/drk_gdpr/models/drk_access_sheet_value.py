from odoo import api, models
from odoo.tools import format_date, format_datetime, formatLang, html2plaintext


class DrkAccessSheet(models.AbstractModel):
    """Values as a person reads them, and as a machine does."""

    _inherit = "drk.access.sheet"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _field_value(self, person, record, field, own):
        """Return a field of a record, ``None`` when it is empty.

        :return: dict: label, value (as a person reads it), raw (for machines)
        """
        value = record[field.name]
        if field.type == "boolean":
            return self._both(field, self.env._("Yes") if value else self.env._("No"), bool(value))
        if not value:
            return None
        if field.relational:
            names = [name for name in (self._linked_name(person, linked, own) for linked in value) if name]
            shown = ", ".join(dict.fromkeys(names))
            return self._both(field, shown, names if field.type != "many2one" else shown) if shown else None
        shown = self._show(record, field, value)
        return self._both(field, shown, self._raw(field, value, shown))

    def _both(self, field, value, raw):
        return {"label": field._description_string(self.env), "value": value, "raw": raw}

    def _show(self, record, field, value):
        writer = getattr(self, f"_show_{field.type}", None)
        return writer(record, field, value) if writer else str(value)

    def _raw(self, field, value, shown):
        if field.type in ("integer", "float", "monetary", "selection"):
            return value
        if field.type in ("date", "datetime"):
            return field.to_string(value)
        return shown

    def _show_date(self, record, field, value):
        return format_date(self.env, value)

    def _show_datetime(self, record, field, value):
        return format_datetime(self.env, value, dt_format="short")

    def _show_selection(self, record, field, value):
        return str(dict(field._description_selection(self.env)).get(value, value))

    def _show_html(self, record, field, value):
        return html2plaintext(value)

    def _show_float(self, record, field, value):
        return formatLang(self.env, value)

    def _show_monetary(self, record, field, value):
        return formatLang(self.env, value, currency_obj=record[field.get_currency_field(record)])

    def _show_binary(self, record, field, value):
        size = value.decode() if isinstance(value, bytes) else str(value)
        return self.env._("File (%s)", size) if len(size) < 20 else self.env._("File")

    def _show_reference(self, record, field, value):
        return self._model_label(value._name)

    def _show_properties(self, record, field, value):
        definitions = record.read([field.name])[0][field.name] or []
        pairs = [(item.get("string") or item["name"], item.get("value")) for item in definitions]
        return "; ".join(f"{name}: {content}" for name, content in pairs if content not in (False, None, []))

    def _show_json(self, record, field, value):
        return str(value)
