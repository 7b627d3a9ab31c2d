"""The tables as they were before they had numbers; what is there of them already is completed."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

metadata = sa.MetaData()

comparisons = sa.Table(
    "comparisons",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("lesson", sa.String(40)),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("queued", sa.Float, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False, default=0),
    sa.Column("message", sa.String(500), nullable=False, default=""),
    sa.Column("done", sa.BigInteger),
    sa.Column("total", sa.BigInteger),
    sa.Column("owner", sa.String(24), nullable=False, server_default=""),
    sa.Column("rank", sa.Float),
    sa.Column("tags", sa.Text, nullable=False, server_default="[]"),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("archived", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("deleted", sa.Float),
    sa.Column("origin", sa.String(300), nullable=False, server_default=""),
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
    sa.Column("leg_started", sa.Float),
    sa.Column("leg_from", sa.Integer, nullable=False, default=0),
    sa.Column("device", sa.String(80), nullable=False, default=""),
    sa.Column("data", sa.String(200), nullable=False, default=""),
    sa.Column("message", sa.String(500), nullable=False, default=""),
    sa.Column("turn", sa.Integer, nullable=False, server_default="0"),
    sa.Column("until", sa.Integer, nullable=False, server_default="0"),
    sa.Column("hold_at", sa.Integer),
    sa.Column("want_rate", sa.Float),
    sqlite_autoincrement=True,
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
    sa.Column("gradients", sa.LargeBinary),
    sa.Column("weights", sa.LargeBinary),
    sa.Column("responses", sa.LargeBinary),
    sa.UniqueConstraint("run", "iteration"),
    sqlite_autoincrement=True,
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

guesses = sa.Table(
    "guesses",
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
)

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(32), nullable=False, unique=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("lane", sa.String(40)),
    sa.Column("asked", sa.Float, nullable=False),
    sa.Column("message", sa.String(500), nullable=False, default=""),
    sa.Column("result", sa.Text),
    sa.Column("share", sa.Float, nullable=False, server_default="0"),
    sa.Column("shown", sa.Integer, nullable=False, server_default="0"),
    sa.Column("want", sa.String(16)),
    sa.Column("owner", sa.String(24), nullable=False, server_default=""),
    sa.Column("seconds", sa.Float),
    sa.Column("quick", sa.Boolean, nullable=False, server_default=sa.false()),
    sqlite_autoincrement=True,
)


def upgrade() -> None:
    connection = op.get_bind()
    metadata.create_all(connection)
    inspector = sa.inspect(connection)
    for table in metadata.sorted_tables:
        known = {column["name"] for column in inspector.get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                definition = sa.schema.CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {definition}")
