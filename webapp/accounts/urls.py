"""Addresses of login, passwords and hats. allauth's other pages (sign-up, e-mail lists) have no address at all."""

from allauth.account import views as theirs
from django.urls import include, path, re_path

from webapp.accounts import confirm_views, staff_views, views

ours = (
    [
        path("hat/", views.hat, name="hat"),
        path("confirm/", confirm_views.confirm, name="confirm"),
        path("permissions/", staff_views.permissions, name="permissions"),
    ],
    "accounts",
)

urlpatterns = [
    path("", include(ours)),
    path("login/", theirs.login, name="account_login"),
    path("logout/", theirs.logout, name="account_logout"),
    path("password/change/", theirs.password_change, name="account_change_password"),
    path("password/reset/", theirs.password_reset, name="account_reset_password"),
    path("password/reset/done/", theirs.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        theirs.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        theirs.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
