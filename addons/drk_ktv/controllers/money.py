from odoo.http import request

from . import format as words
from .rebook import RebookPages


class MoneyPages(RebookPages):
    """What a cancellation costs, before the person agrees; what of the own bookings is paid."""

    # ---- the fee of a cancellation -----------------------------------------------------

    def _booking_values(self, registrations, base):
        values = super()._booking_values(registrations, base)
        charged = registrations._drk_live_charges("cancel_fee")
        return values | {
            "cancel_fee": lambda person: self._cancel_fee(registrations.browse(person["id"])),
            "charged_fee": self._money(charged, sum(charged.mapped("amount"))) if charged else "",
        }

    def _cancel_fee(self, registration):
        """:return: dict ``text`` (empty: free) and ``agreed``, which goes along with the form"""
        amount = registration._drk_cancel_fee()[0]
        return {"text": self._money(registration, amount) if amount else "", "agreed": f"{amount:.2f}"}

    def _cancel(self, chosen, base, by, post, values):
        """Nobody agrees to another fee than the one on the page."""
        changed = any(
            post.get(f"fee_{registration.id}", "0.00") != self._cancel_fee(registration)["agreed"]
            for registration in chosen
            if registration.state != "cancel"  # sent twice
        )
        if changed:
            text = request.env._("The fee has changed meanwhile. Please look at it and confirm once more.")
            return request.render("drk_ktv.website_booking_cancel", values | {"errors": {"person": text}})
        return super()._cancel(chosen, base, by, post, values)

    # ---- the payment of the own bookings --------------------------------------------------

    def _booking_row(self, booking):
        own = booking.filtered(lambda r: r._drk_payer() == request.env.user.partner_id)
        return super()._booking_row(booking) | {"money": self._money_words(own)}

    def _money_words(self, registrations):
        """Who pays sees how far it is, nobody else.

        :return: list of dict ``text`` and ``badge``
        """
        words_of = {
            "to_invoice": (request.env._("invoice follows"), ""),
            "invoiced": (request.env._("invoice open"), "drk-badge-few"),
            "partial": (request.env._("invoice partly paid"), "drk-badge-few"),
            "paid": (request.env._("paid"), "drk-badge-ok"),
            "credit": (request.env._("credit balance"), "drk-badge-few"),
        }
        states = dict.fromkeys(registrations.mapped("drk_money_state"))
        return [dict(zip(("text", "badge"), words_of[state], strict=True)) for state in states if state in words_of]

    def _money(self, records, amount):
        return words.money(amount, records.company_id.currency_id.name, request.env.lang)
