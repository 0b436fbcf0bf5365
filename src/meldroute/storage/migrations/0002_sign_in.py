import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('meldroute', '0001_initial'),
    ]

    operations = [
        # Sessions have a table of their own now, sealed. Whoever was signed in signs in once more.
        migrations.RunSQL("DROP TABLE IF EXISTS django_session", migrations.RunSQL.noop),
        migrations.CreateModel(
            name='AccessReview',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('people', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='BrowserSession',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('data_sealed', models.BinaryField()),
                ('started_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('token_hash', models.CharField(max_length=80, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SignOn',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('issuer', models.CharField(max_length=255)),
                ('subject', models.CharField(max_length=255)),
                ('bound_at', models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name='membership',
            index=models.Index(condition=models.Q(('valid_to__isnull', False)), fields=['valid_to'], name='membership_ended'),
        ),
        migrations.AddField(
            model_name='accessreview',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='meldroute.membership'),
        ),
        migrations.AddField(
            model_name='accessreview',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='access_reviews', to='meldroute.organisation'),
        ),
        migrations.AddField(
            model_name='browsersession',
            name='user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invitation',
            name='made_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='meldroute.membership'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='signon',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_ons', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='accessreview',
            index=models.Index(fields=['organisation', '-at'], name='review_newest'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(condition=models.Q(('used_at', None)), fields=('user',), name='one_open_invitation'),
        ),
        migrations.AddConstraint(
            model_name='signon',
            constraint=models.UniqueConstraint(fields=('issuer', 'subject'), name='one_person_per_subject'),
        ),
        migrations.AddConstraint(
            model_name='signon',
            constraint=models.UniqueConstraint(fields=('user', 'issuer'), name='one_subject_per_issuer'),
        ),
    ]
