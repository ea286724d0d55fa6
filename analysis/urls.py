"""Addresses of finding, entities and judging."""

from django.urls import URLPattern

app_name = "analysis"
urlpatterns: list[URLPattern] = []
