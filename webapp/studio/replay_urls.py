from django.urls import path

from webapp.studio import replay_views

urlpatterns = [
    path("draft/<int:draft>/", replay_views.begin, name="replay_begin"),
    path("<int:replay>/", replay_views.replay, name="replay"),
    path("<int:replay>/again/", replay_views.again, name="replay_again"),
    path("<int:replay>/stop/", replay_views.stop, name="replay_stop"),
    path("<int:replay>/table/", replay_views.table, name="replay_table"),
    path("cases/<int:case>/test/", replay_views.make_test, name="replay_test"),
]
