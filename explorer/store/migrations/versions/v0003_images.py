"""On how many images the errors of a row were measured; not known of older rows."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("rows", sa.Column("train_images", sa.Integer))
    op.add_column("rows", sa.Column("test_images", sa.Integer))
