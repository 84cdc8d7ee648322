"""Items of before are marked by the rules that brought them."""

from django.db import migrations

from webapp.plans.recalls import mark_of


def mark_all(apps, editor):
    items = apps.get_model("plans", "PlanItem").objects.order_by("pk").only("plan_id", "content")
    RuleMark = apps.get_model("plans", "RuleMark")
    waiting = []
    for item in items.iterator(chunk_size=2000):
        reasons = item.content.get("reasons") or ()
        marks = {mark_of(item.plan_id, one["protocol"], one["rule"], one["version"]) for one in reasons}
        waiting += [RuleMark(item_id=item.pk, mark=one) for one in marks]
        if len(waiting) > 5000:
            RuleMark.objects.bulk_create(waiting, ignore_conflicts=True)
            waiting = []
    RuleMark.objects.bulk_create(waiting, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("plans", "0009_recalls")]

    operations = [migrations.RunPython(mark_all, migrations.RunPython.noop)]
