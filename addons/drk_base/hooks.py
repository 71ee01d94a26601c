def pre_init_hook(env):
    """Periods that must not overlap are guarded by exclusion constraints, which need this extension."""
    env.cr.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
