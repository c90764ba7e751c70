"""How content people were, as counts: nobody's own answer is kept."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.db import models

SCORES = (5, 4, 3, 2, 1)
SCORE_FIELDS = {score: f"scored_{score}" for score in SCORES}


class Satisfaction(models.Model):
    """Number of people who gave each mark from 5 (非常满意) to 1 (非常不满意)."""

    scored_5 = models.PositiveSmallIntegerField("5 分（非常满意）", default=0)
    scored_4 = models.PositiveSmallIntegerField("4 分（满意）", default=0)
    scored_3 = models.PositiveSmallIntegerField("3 分（一般）", default=0)
    scored_2 = models.PositiveSmallIntegerField("2 分（不满意）", default=0)
    scored_1 = models.PositiveSmallIntegerField("1 分（非常不满意）", default=0)

    class Meta:
        abstract = True

    @property
    def answers(self) -> int:
        return sum(getattr(self, name) for name in SCORE_FIELDS.values())

    @property
    def average(self) -> Decimal | None:
        """One decimal; None when nobody answered."""
        if not self.answers:
            return None
        total = sum(score * getattr(self, name) for score, name in SCORE_FIELDS.items())
        return (Decimal(total) / self.answers).quantize(Decimal("0.1"), ROUND_HALF_UP)
