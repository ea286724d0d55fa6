"""Triggers that note the days whose counts are stale, and a first note for every day there is."""

from django.db import migrations

# What decides whether, where and how an article counts.
COLUMNS = (
    "stage",
    "withdrawn_at",
    "failed_at",
    "hold_reason",
    "dated_at",
    "source_id",
    "entity_ids",
    "story_id",
)
CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in COLUMNS)
READY = "stage IN ('analyzed', 'grouped')"

FORWARD = f"""
CREATE FUNCTION analysis_note_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO analysis_dirtyday (day)
    SELECT DISTINCT (dated_at AT TIME ZONE 'UTC')::date FROM inserted WHERE {READY};
  RETURN NULL;
END $$;
CREATE FUNCTION analysis_note_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO analysis_dirtyday (day) VALUES ((NEW.dated_at AT TIME ZONE 'UTC')::date);
  END IF;
  IF TG_OP = 'DELETE' OR (OLD.{READY} AND OLD.dated_at <> NEW.dated_at) THEN
    INSERT INTO analysis_dirtyday (day) VALUES ((OLD.dated_at AT TIME ZONE 'UTC')::date);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER rollup_inserted AFTER INSERT ON articles_article
  REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION analysis_note_inserted();
CREATE TRIGGER rollup_updated AFTER UPDATE ON articles_article
  FOR EACH ROW WHEN ((OLD.{READY} OR NEW.{READY}) AND ({CHANGED})) EXECUTE FUNCTION analysis_note_changed();
CREATE TRIGGER rollup_deleted AFTER DELETE ON articles_article
  FOR EACH ROW WHEN (OLD.{READY}) EXECUTE FUNCTION analysis_note_changed();
INSERT INTO analysis_dirtyday (day)
  SELECT DISTINCT (dated_at AT TIME ZONE 'UTC')::date FROM articles_article WHERE {READY};
"""
BACKWARD = """
DROP TRIGGER rollup_inserted ON articles_article;
DROP TRIGGER rollup_updated ON articles_article;
DROP TRIGGER rollup_deleted ON articles_article;
DROP FUNCTION analysis_note_inserted;
DROP FUNCTION analysis_note_changed;
"""


class Migration(migrations.Migration):
    dependencies = [("analysis", "0008_rollups")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
