"""Addresses of finding, entities and judging."""

from django.urls import path

from analysis.views import (
    dashboard,
    editing,
    entities,
    entity_findings,
    figures,
    findings,
    judging,
    quality,
    reruns,
    site,
)

app_name = "analysis"
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("dashboard/arrange/", dashboard.dashboard_arrange, name="dashboard_arrange"),
    path("dashboard/changes/", dashboard.dashboard_changes, name="dashboard_changes"),
    path("dashboard/network/", figures.dashboard_network, name="dashboard_network"),
    path("dashboard/<slug:name>.csv", figures.dashboard_csv, name="dashboard_csv"),
    path("entities/", entities.entity_list, name="entity_list"),
    path("entities/suggest/", entities.entity_suggest, name="entity_suggest"),
    path("entities/<int:pk>/", entities.entity_detail, name="entity_detail"),
    path("entities/<int:pk>/findings/", entity_findings.entity_findings, name="entity_findings"),
    path("entities/<int:pk>/merge/", entities.entity_merge, name="entity_merge"),
    path("aliases/<int:pk>/split/", entities.alias_split, name="alias_split"),
    path("changes/<int:pk>/undo/", entities.change_undo, name="change_undo"),
    path("articles/<int:pk>/brief/<str:field>/", editing.brief_edit, name="brief_edit"),
    path("edits/<int:pk>/undo/", editing.brief_edit_undo, name="brief_edit_undo"),
    path("edits/<int:pk>/restore/", editing.brief_edit_restore, name="brief_edit_restore"),
    path("findings/", findings.finding_list, name="finding_list"),
    path("findings/statements/", findings.statement_list, name="statement_list"),
    path("findings/relations/", findings.relation_list, name="relation_list"),
    path("mentions/<int:pk>/", judging.mention_detail, name="mention_detail"),
    path("mentions/<int:pk>/judge/", judging.mention_judge, name="mention_judge"),
    path("versions/<int:version_pk>/mentions/", judging.mention_add, name="mention_add"),
    path("judgments/", judging.suppression_list, name="suppression_list"),
    path("judgments/<int:pk>/undo/", judging.judgment_undo, name="judgment_undo"),
    path("reruns/", reruns.rerun_list, name="rerun_list"),
    path("reruns/start/", reruns.rerun_start, name="rerun_start"),
    path("reruns/<int:pk>/", reruns.rerun_detail, name="rerun_detail"),
    path("reruns/<int:pk>/pause/", reruns.rerun_pause, name="rerun_pause"),
    path("reruns/<int:pk>/resume/", reruns.rerun_resume, name="rerun_resume"),
    path("quality/", quality.quality, name="quality"),
    path("health/", site.health, name="health"),
    path("design/", site.design, name="design"),
]
