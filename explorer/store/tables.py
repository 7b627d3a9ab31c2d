"""The tables of the store."""

import sqlalchemy as sa

metadata = sa.MetaData()

comparisons = sa.Table(
    "comparisons",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("lesson", sa.String(40)),
    sa.Column("created", sa.Float, nullable=False),  # seconds since 1970, as every time here
    sa.Column("queued", sa.Float, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False, default=0),  # +1 when rows are taken back
    sa.Column("message", sa.String(500), nullable=False, default=""),
    sa.Column("done", sa.BigInteger),
    sa.Column("total", sa.BigInteger),
    sa.Column("owner", sa.String(24), nullable=False, server_default=""),  # who launched it
    sa.Column("rank", sa.Float),  # a teacher's place in the line, the lowest first
    sa.Column("tags", sa.Text, nullable=False, server_default="[]"),  # JSON
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("archived", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("deleted", sa.Float),  # when; it can be had back for a while
    sa.Column("origin", sa.String(300), nullable=False, server_default=""),  # what came in a file
    sa.Column("party", sa.String(24), nullable=False, server_default=""),  # who takes turns for it
    sa.Column("address", sa.String(24), nullable=False, server_default=""),  # that it came from
    sa.Column("disk", sa.BigInteger, nullable=False, server_default="0"),  # bytes, as computed
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("comparison", sa.ForeignKey("comparisons.id", ondelete="CASCADE"), index=True),
    sa.Column("net", sa.Text, nullable=False),
    sa.Column("recipe", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("want", sa.String(16)),
    sa.Column("lane", sa.String(40)),
    sa.Column("iteration", sa.Integer, nullable=False, default=0),
    sa.Column("seconds", sa.Float, nullable=False, default=0.0),
    sa.Column("active_since", sa.Float),
    sa.Column("active_from", sa.Integer, nullable=False, default=0),
    sa.Column("device", sa.String(80), nullable=False, default=""),
    sa.Column("data", sa.String(200), nullable=False, default=""),
    sa.Column("message", sa.String(500), nullable=False, default=""),
    sa.Column("turn", sa.Integer, nullable=False, server_default="0"),  # of a turn: train at once
    sa.Column("until", sa.Integer, nullable=False, server_default="0"),  # 0: as the recipe says
    sa.Column("pause_at", sa.Integer),  # the iteration at which it is to pause; NULL: go on
    sa.Column("want_rate", sa.Float),  # a new learning rate that its lane has not taken up yet
    sa.Column("images", sa.Integer),  # that it trains on; NULL: as many as the recipe says
    sqlite_autoincrement=True,  # a folder of checkpoints never meets another run of the same id
)

rows = sa.Table(
    "rows",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("run", sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    sa.Column("iteration", sa.Integer, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("learning_rate", sa.Float),
    sa.Column("loss", sa.Float),
    sa.Column("batch_error", sa.Float),
    sa.Column("train_error", sa.Float),
    sa.Column("test_error", sa.Float),
    sa.Column("gradients", sa.LargeBinary),  # float32, one for each of the Plan's weighted layers
    sa.Column("weights", sa.LargeBinary),  # likewise: the norms of the weights themselves
    sa.Column("responses", sa.LargeBinary),  # float32, one for each 3x3 layer of the main branch
    sa.Column("train_images", sa.Integer),  # that train_error was measured on
    sa.Column("test_images", sa.Integer),
    sa.UniqueConstraint("run", "iteration"),
    sqlite_autoincrement=True,  # an id is never given twice, so a cursor never misses a row
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("run", sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    sa.Column("iteration", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("value", sa.Float),
    sa.Column("at", sa.Float, nullable=False),
    sa.UniqueConstraint("run", "iteration", "kind"),
)

predictions = sa.Table(
    "predictions",
    metadata,
    sa.Column("comparison", sa.ForeignKey("comparisons.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("visitor", sa.String(24), primary_key=True),
    sa.Column("choice", sa.Integer, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)

reports = sa.Table(
    "reports",
    metadata,
    sa.Column("key", sa.String(80), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("who", sa.String(120), nullable=False, server_default=""),  # explorer.store.identity
    sa.Column("beat", sa.Integer, nullable=False, server_default="0"),  # +1 with every report
)

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(32), nullable=False, unique=True),  # of the kind and the payload
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("payload", sa.Text, nullable=False),  # JSON, as the result is
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("lane", sa.String(40)),
    sa.Column("asked", sa.Float, nullable=False),
    sa.Column("message", sa.String(500), nullable=False, default=""),
    sa.Column("result", sa.Text),
    sa.Column("share", sa.Float, nullable=False, server_default="0"),  # done, 0 to 1
    sa.Column("shown", sa.Integer, nullable=False, server_default="0"),  # +1 with every result
    sa.Column("want", sa.String(16)),  # NULL: go on
    sa.Column("owner", sa.String(24), nullable=False, server_default=""),  # who asked first
    sa.Column("seconds", sa.Float),  # that the answer took
    sa.Column("quick", sa.Boolean, nullable=False, server_default=sa.false()),  # goes first
    sa.Column("party", sa.String(24), nullable=False, server_default=""),  # as of comparisons
    sa.Column("address", sa.String(24), nullable=False, server_default=""),
    sa.Column("began", sa.Float),  # when a lane took it up last
    sqlite_autoincrement=True,  # a folder of answers never meets another job of the same id
)
