"""Who reports, and how often they have: heartbeats that no clock has a part in."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("reports", sa.Column("who", sa.String(120), nullable=False, server_default=""))
    op.add_column("reports", sa.Column("beat", sa.Integer, nullable=False, server_default="0"))
