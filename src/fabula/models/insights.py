"""Tables owned by `insights`. Structure only: no queries, no rules."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Date, DateTime, Integer, Numeric, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from fabula.models.base import Base


class ModelPerformanceLog(Base):
    __tablename__ = "model_performance_logs"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    model_type: Mapped[str] = mapped_column(String)
    date: Mapped[date] = mapped_column(Date)
    total_generations: Mapped[int | None] = mapped_column(Integer, server_default=text("0"))
    successful_generations: Mapped[int | None] = mapped_column(Integer, server_default=text("0"))
    failed_generations: Mapped[int | None] = mapped_column(Integer, server_default=text("0"))
    avg_generation_time_ms: Mapped[int | None] = mapped_column(Integer)
    avg_quality_rating: Mapped[Decimal | None] = mapped_column(Numeric)
    total_processing_time_ms: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
