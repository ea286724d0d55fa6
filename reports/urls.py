"""Addresses of reports and exports."""

from django.urls import URLPattern

app_name = "reports"
urlpatterns: list[URLPattern] = []
