from django.urls import path

from webapp.studio import trial_views

urlpatterns = [
    path("", trial_views.trials, name="trials"),
    path("<int:trial>/", trial_views.trial, name="trial"),
    path("<int:trial>/stop/", trial_views.stop, name="stop_trial"),
    path("<int:trial>/promote/", trial_views.promote, name="promote_trial"),
]
