from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """The web client gets no address of a foreign host."""
        info = super().session_info()
        info.pop("support_url", None)
        return info
