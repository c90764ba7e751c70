"""Demo data on real places: the documents' own building dates, generated people marked 演示, six months of activity.

Everything is drawn from one seeded generator, so that the same day gives the same data. Rows are inserted in bulk and
judged by the same rule book as real ones.
"""

MARK = "（演示）"
SEED = 20230515
MONTHS = 6  # full months of services before the current one
