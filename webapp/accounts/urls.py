"""Addresses of login, passwords and hats. allauth's other pages (sign-up, e-mail lists) have no address at all."""

from allauth.account import views as theirs
from django.urls import include, path, re_path

from webapp.accounts import confirm_views, factor_views, feature_views, security_views, staff_views, token_views, views

ours = (
    [
        path("hat/", views.hat, name="hat"),
        path("confirm/", confirm_views.confirm, name="confirm"),
        path("second-step/", factor_views.second_factor, name="second_factor"),
        path("second-step/send/", factor_views.send_code, name="send_code"),
        path("second-step/leave/", factor_views.another_person, name="another_person"),
        path("second-step/set-up/", security_views.set_up, name="set_up"),
        path("second-step/set-up/mail/", security_views.set_up_message, {"kind": "email"}, name="set_up_mail"),
        path("second-step/set-up/sms/", security_views.set_up_message, {"kind": "sms"}, name="set_up_sms"),
        path("second-step/remove/", security_views.remove_factor, name="remove_factor"),
        path("recovery-codes/", security_views.recovery_codes, name="recovery_codes"),
        path("security/", security_views.security, name="security"),
        path("security/end/", security_views.end_session, name="end_session"),
        path("tokens/", token_views.token_list, name="tokens"),
        path("tokens/revoke/", token_views.revoke, name="revoke_token"),
        path("permissions/", staff_views.permissions, name="permissions"),
        path("features/", feature_views.features_page, name="features"),
        path("features/switch/", feature_views.switch_feature, name="switch_feature"),
        path("features/group/", feature_views.set_group, name="set_group"),
        path("staff/", staff_views.people, name="people"),
        path("staff/new/", staff_views.engage, name="engage"),
        path("staff/<int:pk>/", staff_views.person, name="person"),
        path("staff/<int:pk>/<slug:what>/", staff_views.deed, name="deed"),
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
