"""Terms, holds and lists of destruction. What was closed before is looked at by the next tick."""

from zoneinfo import ZoneInfo
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


BATCH = 1000


def keep_what_was_closed_before(apps, schema_editor):
    """One row for each closed signal; its outcome is read from its policy when the clock looks at it."""
    signals, kept = apps.get_model("meldroute", "Signal"), apps.get_model("meldroute", "KeptSignal")
    closed = signals.objects.filter(kind="end", closed_at__isnull=False)
    rows = []
    for id, municipality, lane, at in closed.values_list("pk", "municipality_id", "lane", "closed_at").iterator(BATCH):
        rows.append(kept(signal_id=id, municipality_id=municipality, lane=lane, outcome="", next_look_at=at,
                         closed_on=at.astimezone(ZoneInfo("Europe/Amsterdam")).date()))
        if len(rows) == BATCH:
            kept.objects.bulk_create(rows)
            rows = []
    kept.objects.bulk_create(rows)


class Migration(migrations.Migration):

    dependencies = [
        ('meldroute', '0005_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='Destruction',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('lane', models.CharField(max_length=12)),
                ('outcome', models.CharField(max_length=20)),
                ('code', models.CharField(blank=True, max_length=12)),
                ('term', models.CharField(max_length=20)),
                ('source', models.CharField(max_length=300)),
                ('source_status', models.CharField(max_length=20)),
                ('state', models.CharField(max_length=10)),
                ('count', models.PositiveIntegerField(default=0)),
                ('listed_at', models.DateTimeField()),
                ('reminded_at', models.DateTimeField()),
                ('proposed_at', models.DateTimeField(null=True)),
                ('approved_at', models.DateTimeField(null=True)),
                ('returned_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='meldroute.membership')),
                ('approved_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='meldroute.organisation')),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='meldroute.membership')),
                ('proposed_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('returned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='meldroute.membership')),
            ],
        ),
        migrations.CreateModel(
            name='DestructionItem',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('signal', models.UUIDField(unique=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('destruction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='meldroute.destruction')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='meldroute.organisation')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='KeptSignal',
            fields=[
                ('signal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='kept', serialize=False, to='meldroute.signal')),
                ('lane', models.CharField(max_length=12)),
                ('outcome', models.CharField(max_length=20)),
                ('closed_on', models.DateField()),
                ('ends_on', models.DateField(null=True)),
                ('next_look_at', models.DateTimeField(null=True)),
                ('warned_on', models.DateField(null=True)),
                ('extended_on', models.DateField(null=True)),
                ('extended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='meldroute.membership')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='meldroute.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='NoLongerKept',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reporter_tie', models.CharField(db_index=True, max_length=80)),
                ('reference', models.CharField(max_length=13)),
                ('forget_on', models.DateField(db_index=True)),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='meldroute.organisation')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RetentionHold',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('lane', models.CharField(max_length=12)),
                ('reason', models.CharField(max_length=20)),
                ('content_sealed', models.BinaryField(null=True)),
                ('placed_at', models.DateTimeField()),
                ('until', models.DateField()),
                ('asked_on', models.DateField(null=True)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='meldroute.membership')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='meldroute.organisation')),
                ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='meldroute.membership')),
                ('signal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='meldroute.signal')),
            ],
        ),
        migrations.CreateModel(
            name='SurvivingCount',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('closed_month', models.DateField()),
                ('outcome', models.CharField(max_length=20)),
                ('forms', models.JSONField(default=list)),
                ('weeks_open', models.PositiveSmallIntegerField()),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='meldroute.organisation')),
            ],
        ),
        migrations.AddIndex(
            model_name='destruction',
            index=models.Index(fields=['municipality', 'lane', 'state', 'listed_at'], name='destruction_list'),
        ),
        migrations.AddIndex(
            model_name='destruction',
            index=models.Index(condition=models.Q(('state__in', ['listed', 'proposed'])), fields=['reminded_at'], name='destruction_waits'),
        ),
        migrations.AddIndex(
            model_name='destruction',
            index=models.Index(condition=models.Q(('finished_at', None), ('state', 'destroyed')), fields=['approved_at'], name='destruction_pending'),
        ),
        migrations.AddConstraint(
            model_name='destruction',
            constraint=models.CheckConstraint(condition=models.Q(('approved_person', models.F('proposed_person')), _negated=True), name='destroyed_by_two_persons'),
        ),
        migrations.AddConstraint(
            model_name='destruction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'destroyed'), _negated=True), models.Q(('approved_person__isnull', False), ('proposed_person__isnull', False)), _connector='OR'), name='destroyed_with_two_names'),
        ),
        migrations.AddIndex(
            model_name='keptsignal',
            index=models.Index(condition=models.Q(('next_look_at__isnull', False)), fields=['next_look_at'], name='kept_look'),
        ),
        migrations.AddIndex(
            model_name='keptsignal',
            index=models.Index(fields=['municipality', 'lane', 'ends_on'], name='kept_ends'),
        ),
        migrations.AddIndex(
            model_name='retentionhold',
            index=models.Index(condition=models.Q(('lifted_at', None)), fields=['until'], name='hold_until'),
        ),
        migrations.AddIndex(
            model_name='retentionhold',
            index=models.Index(condition=models.Q(('lifted_at', None)), fields=['municipality', 'until'], name='hold_standing'),
        ),
        migrations.AddConstraint(
            model_name='retentionhold',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('signal',), name='one_hold_at_a_time'),
        ),
        migrations.AddIndex(
            model_name='survivingcount',
            index=models.Index(fields=['closed_month', 'municipality'], name='surviving_month'),
        ),
        migrations.RunPython(keep_what_was_closed_before, migrations.RunPython.noop),
    ]
