from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.addons.drk_base.tools import lock, own_transaction
from odoo.sql_db import Savepoint
from odoo.tests import TransactionCase, new_test_user


class SavepointTransaction(lock.SessionTransaction):
    """The lock inside a test: what would be committed stays in the test's transaction, what fails is undone."""

    def begin(self, env):
        env.flush_all()
        self.savepoint = Savepoint(env.cr)

    def keeps_writes(self, cr):
        return True

    def fresh(self, cr):
        """The test sees its own data anyway."""

    def commit(self, cr):
        cr.flush()
        self.savepoint.close(rollback=False)

    def abort(self, cr):
        cr.clear()
        self.savepoint.close(rollback=True)

    def release(self, cr, keys):
        lock._unlock(cr, keys)


class SameTransaction(own_transaction.OwnTransaction):
    """Work on a connection of its own stays in the one transaction of a test."""

    @contextmanager
    def open(self, env):
        env.flush_all()
        yield env

    def commit(self, cr):
        cr.flush()


@contextmanager
def lock_by_savepoint():
    """Let ``exclusive`` work inside the one transaction of a test."""
    with patch.object(lock, "transaction", SavepointTransaction()):
        yield


class DrkCase(TransactionCase):
    """Two associations, all systems booked, real reports, the lock by savepoints."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True, "force_report_rendering": True})
        cls.startClassPatcher(patch.object(lock, "transaction", SavepointTransaction()))
        cls.startClassPatcher(patch.object(own_transaction, "transaction", SameTransaction()))
        cls.association_a = cls._create_association("Kreisverband Musterstadt e.V.", "MUS", "base.state_de_nw")
        cls.association_b = cls._create_association("Kreisverband Beispielhausen e.V.", "BEI", "base.state_de_by")
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": [cls.association_a.id]})
        cls.association_a = cls.association_a.with_env(cls.env)
        cls.association_b = cls.association_b.with_env(cls.env)

    @classmethod
    def _create_association(cls, name, code, state_xmlid, **vals):
        taken = cls.env["res.company"].search([("drk_code", "=", code)])
        taken.drk_code = False  # the demo data have the same short names
        cls.env.flush_all()
        return cls.env["res.company"].create(
            {
                "name": cls._free_name(name),
                "drk_is_association": True,
                "drk_code": code,
                "country_id": cls.env.ref("base.de").id,
                "state_id": cls.env.ref(state_xmlid).id,
                "drk_system_ids": [Command.set(cls.env["drk.system"].search([]).ids)],
                **vals,
            }
        )

    @classmethod
    def _free_name(cls, name):
        return f"{name} (Test)" if cls.env["res.company"].search_count([("name", "=", name)]) else name

    @classmethod
    def _user(cls, login, groups, company=None, **vals):
        """Create a user of one association.

        :param str groups: comma separated xmlids
        :param company: ``res.company``; default association A
        """
        company = company or cls.association_a
        vals = {"company_id": company.id, "company_ids": [Command.set(company.ids)], **vals}
        return new_test_user(cls.env, login=login, groups=groups, **vals)
