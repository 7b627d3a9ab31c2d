"""Names of the field: active since, active from, pause at, predictions, throughput."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.alter_column("runs", "leg_started", new_column_name="active_since")
    op.alter_column("runs", "leg_from", new_column_name="active_from")
    op.alter_column("runs", "hold_at", new_column_name="pause_at")
    op.rename_table("guesses", "predictions")
    op.execute(sa.text("UPDATE reports SET key = 'throughput' WHERE key = 'pace'"))
