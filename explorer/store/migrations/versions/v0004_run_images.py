"""How many images a run trains on: fewer than its recipe asks for where there are no more."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("runs", sa.Column("images", sa.Integer))
