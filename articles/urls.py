"""Addresses of submitting and reading."""

from django.urls import path

from articles.views import (
    archiving,
    changing,
    comparing,
    covers,
    importing,
    listing,
    reading,
    reextracting,
    sources,
    submitting,
)

app_name = "articles"
urlpatterns = [
    path("articles/", listing.article_list, name="article_list"),
    path("articles/submit/", submitting.article_submit, name="article_submit"),
    path("articles/<int:pk>/", reading.article_detail, name="article_detail"),
    path("articles/<int:pk>/cover.svg", covers.article_cover, name="article_cover"),
    path("articles/<int:pk>/status/", reading.article_status, name="article_status"),
    path("articles/<int:pk>/evidence/", reading.article_evidence, name="article_evidence"),
    path("articles/<int:pk>/evidence/archive/", archiving.article_archive, name="article_archive"),
    path(
        "articles/<int:pk>/differences/<int:version_pk>/",
        comparing.article_differences,
        name="article_differences",
    ),
    path("articles/<int:pk>/retry/", changing.article_retry, name="article_retry"),
    path("articles/<int:pk>/withdraw/", changing.article_withdraw, name="article_withdraw"),
    path("articles/<int:pk>/restore/", changing.article_restore, name="article_restore"),
    path("articles/<int:pk>/accept/", changing.article_accept, name="article_accept"),
    path("articles/<int:pk>/refetch/", changing.article_refetch, name="article_refetch"),
    path("articles/<int:pk>/reextract/", reextracting.article_reextract, name="article_reextract"),
    path("articles/<int:pk>/replace/", changing.article_replace, name="article_replace"),
    path("articles/<int:pk>/state/", changing.article_state, name="article_state"),
    path("articles/<int:pk>/assign/", changing.article_assign, name="article_assign"),
    path("batches/<int:pk>/", submitting.batch_detail, name="batch_detail"),
    path("imports/", importing.import_start, name="import_start"),
    path("imports/<int:pk>/", importing.import_detail, name="import_detail"),
    path("imports/<int:pk>/confirm/", importing.import_confirm, name="import_confirm"),
    path("reextractions/", reextracting.reextraction_list, name="reextraction_list"),
    path("reextractions/start/", reextracting.reextraction_start, name="reextraction_start"),
    path("reextractions/<int:pk>/", reextracting.reextraction_detail, name="reextraction_detail"),
    path("reextractions/<int:pk>/pause/", reextracting.reextraction_pause, name="reextraction_pause"),
    path("reextractions/<int:pk>/resume/", reextracting.reextraction_resume, name="reextraction_resume"),
    path("sources/", sources.source_list, name="source_list"),
    path("sources/add/", sources.source_add, name="source_add"),
    path("sources/<int:pk>/", sources.source_detail, name="source_detail"),
    path("sources/<int:pk>/edit/", sources.source_edit, name="source_edit"),
    path("sources/<int:pk>/grade/", sources.source_grade, name="source_grade"),
    path("sources/<int:pk>/poll/", sources.source_poll, name="source_poll"),
    path("rules/", submitting.rules, name="rules"),
    path("theme/", changing.theme, name="theme"),
]
