from django.urls import path

from webapp.studio import saving, word_views

urlpatterns = [
    path("words/", word_views.words, name="words"),
    path("uses/", word_views.uses, name="uses"),
    path("drafts/<int:draft>/keep/", saving.keep, name="keep"),
    path("drafts/<int:draft>/standing/", saving.standing, name="standing"),
]
