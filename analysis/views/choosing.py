"""Forms that name another story or an article, by number or address."""

import re

from django import forms

from analysis.models import Story
from articles.models import Article


class ChosenStoryForm(forms.Form):
    """Another story, by its number or its address."""

    story = forms.CharField(max_length=300, label="Story")

    def clean_story(self) -> Story:
        given = re.search(r"(?:^|/stories/)#?(\d{1,15})/?$", self.cleaned_data["story"].strip())
        found = Story.objects.standing().filter(pk=int(given[1])).first() if given else None
        if found is None:
            raise forms.ValidationError("Give the number or the address of a story that has articles.")
        return found


class ChosenArticleForm(forms.Form):
    """An article, by its number or its address."""

    article = forms.CharField(max_length=300, label="Article")

    def clean_article(self) -> Article:
        given = re.search(r"(?:^|/articles/)#?(\d{1,15})/?$", self.cleaned_data["article"].strip())
        rows = Article.objects.ready().select_related("version")
        found = rows.filter(pk=int(given[1])).first() if given else None
        if found is None:
            raise forms.ValidationError("Give the number or the address of an article that is ready.")
        return found
