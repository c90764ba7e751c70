from typing import Any

from django.db import migrations
from django.db.models import Exists, OuterRef


def mark(apps: Any, schema_editor: Any) -> None:
    """Instalments that a standing spending paid. One withdrawn since and paid by hand on another day is not."""
    spendings = apps.get_model("funds", "Spending").objects.filter(
        payment=OuterRef("pk"), reversed_on=None, spent_on=OuterRef("paid_on"), amount=OuterRef("paid_amount")
    )
    apps.get_model("agencies", "Payment").objects.filter(Exists(spendings)).update(by_ledger=True)


class Migration(migrations.Migration):
    dependencies = [("funds", "0003_contract_payment"), ("agencies", "0004_paid_by_ledger")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
