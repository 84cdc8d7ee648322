from django.urls import path

from webapp.studio import word_views

urlpatterns = [
    path("words/", word_views.words, name="words"),
    path("uses/", word_views.uses, name="uses"),
]
