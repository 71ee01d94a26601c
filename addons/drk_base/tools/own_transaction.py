"""Work whose first half must be kept, whatever happens in the second: on a connection of its own."""

from contextlib import contextmanager


class OwnTransaction:
    """A connection beside the one of the environment; the test base replaces it by the one transaction of a test."""

    @contextmanager
    def open(self, env):
        with env.registry.cursor() as cr:
            yield env(cr=cr)

    def commit(self, cr):
        cr.commit()  # pylint: disable=invalid-commit


transaction = OwnTransaction()
