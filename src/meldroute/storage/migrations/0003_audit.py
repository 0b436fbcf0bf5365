import django.db.models.deletion
import uuid
from django.db import migrations, models

from meldroute.storage import row_guards


def install_guards(apps, schema_editor):
    row_guards.install(schema_editor.connection)


def remove_guards(apps, schema_editor):
    row_guards.remove(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('meldroute', '0002_sign_in'),
    ]

    operations = [
        migrations.CreateModel(
            name='Digest',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('previous', models.CharField(blank=True, max_length=64)),
                ('content', models.TextField()),
                ('hash', models.CharField(max_length=64)),
                ('mail_due_at', models.DateTimeField(null=True)),
                ('mailed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ProcessingRecord',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('controller', models.CharField(max_length=60)),
                ('trace_id', models.CharField(max_length=32)),
                ('operation_id', models.CharField(max_length=16)),
                ('name', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('activity', models.CharField(max_length=120)),
                ('subject', models.CharField(max_length=80)),
                ('failed', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='ProcessingWatermark',
            fields=[
                ('chain', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('number', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='SubjectRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=13, unique=True)),
                ('kind', models.CharField(max_length=20)),
                ('received_on', models.DateField()),
                ('due_on', models.DateField()),
                ('extended_at', models.DateTimeField(null=True)),
                ('advised_at', models.DateTimeField(null=True)),
                ('decision', models.CharField(blank=True, max_length=20)),
                ('ground', models.CharField(blank=True, max_length=40)),
                ('decided_on', models.DateField(null=True)),
                ('decided_by', models.CharField(blank=True, max_length=200)),
                ('answered_at', models.DateTimeField(null=True)),
                ('content_sealed', models.BinaryField()),
                ('advice_sealed', models.BinaryField(null=True)),
                ('extension_sealed', models.BinaryField(null=True)),
                ('decision_sealed', models.BinaryField(null=True)),
                ('registered_at', models.DateTimeField()),
                ('next_action_at', models.DateTimeField(null=True)),
                ('stage', models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.AddIndex(
            model_name='historyentry',
            index=models.Index(condition=models.Q(('act', 'history.destroyed')), fields=['chain', 'number'], name='history_certificates'),
        ),
        migrations.AddIndex(
            model_name='historyentry',
            index=models.Index(condition=models.Q(('act', 'refused')), fields=['chain', 'number'], name='history_refusals'),
        ),
        migrations.AddIndex(
            model_name='historyentry',
            index=models.Index(condition=models.Q(('act', 'list.read')), fields=['chain', 'number'], name='history_lists'),
        ),
        migrations.AddIndex(
            model_name='digest',
            index=models.Index(condition=models.Q(('mail_due_at__isnull', False)), fields=['mail_due_at'], name='digest_to_mail'),
        ),
        migrations.AddIndex(
            model_name='processingrecord',
            index=models.Index(fields=['controller', 'at'], name='processing_since'),
        ),
        migrations.AddConstraint(
            model_name='processingrecord',
            constraint=models.UniqueConstraint(fields=('trace_id', 'operation_id'), name='one_record_per_subject'),
        ),
        migrations.AddField(
            model_name='subjectrequest',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='meldroute.organisation'),
        ),
        migrations.AddField(
            model_name='subjectrequest',
            name='registered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='meldroute.membership'),
        ),
        migrations.CreateModel(
            name='SubjectRequestKey',
            fields=[
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='key', serialize=False, to='meldroute.subjectrequest')),
                ('wrapped', models.BinaryField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='meldroute.organisation')),
            ],
        ),
        migrations.AddIndex(
            model_name='subjectrequest',
            index=models.Index(fields=['organisation', 'due_on'], name='request_of_organisation'),
        ),
        migrations.AddIndex(
            model_name='subjectrequest',
            index=models.Index(condition=models.Q(('next_action_at__isnull', False)), fields=['next_action_at'], name='request_due'),
        ),
        migrations.RunPython(install_guards, remove_guards),
    ]
