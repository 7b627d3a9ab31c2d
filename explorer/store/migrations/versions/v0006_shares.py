"""By whom the line and the disk are shared: not known of what older versions launched."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    for table in ("comparisons", "jobs"):
        op.add_column(table, sa.Column("party", sa.String(24), nullable=False, server_default=""))
        op.add_column(table, sa.Column("address", sa.String(24), nullable=False, server_default=""))
    op.add_column(
        "comparisons", sa.Column("disk", sa.BigInteger, nullable=False, server_default="0")
    )
    op.add_column("jobs", sa.Column("began", sa.Float))
