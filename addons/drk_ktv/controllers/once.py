import psycopg2
from odoo.addons.drk_web.controllers.main import PublicForm
from odoo.exceptions import UserError
from odoo.http import request


class OnceForm(PublicForm):
    """Forms that do something once, however often they are sent."""

    def _do_once(self, form, post, work, again):
        """Do what a form asks for, or show why it could not be done; who sends it twice gets the first answer.

        :param form: name of the form
        :param post: what was sent
        :param work: callable that does it and returns the address of the next page
        :param again: callable that takes the error and returns the page to try again
        """
        try:
            with self._once(form, post) as once:
                if once.replayed:
                    return once.response
                return once.done(work())
        except (UserError, psycopg2.IntegrityError, psycopg2.OperationalError) as error:
            request.env.cr.rollback()
            return again(error)
