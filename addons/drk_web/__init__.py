from . import controllers
from . import models
from . import tools


def post_init_hook(env):
    """Make the first site the neutral one, English the second language, and give each association its site."""
    env["res.lang"]._activate_lang("en_US")
    env["website"]._drk_set_up()
