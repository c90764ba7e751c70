from django.urls import path

from accounts.views import audit, session, units, users

urlpatterns = [
    path("sign-in/", session.sign_in, name="sign_in"),
    path("sign-out/", session.sign_out, name="sign_out"),
    path("password/", session.password_change, name="password_change"),
    path("healthz/", session.healthz, name="healthz"),
    path("search/", units.unit_search, name="unit_search"),
    path("search/picker/", units.unit_picker, name="unit_picker"),
    path("users/", users.users, name="user_list"),
    path("users/new/", users.user_create, name="user_create"),
    path("users/<int:pk>/", users.user_detail, name="user_detail"),
    path("users/<int:pk>/edit/", users.user_edit, name="user_edit"),
    path("users/<int:pk>/deactivate/", users.user_deactivate, name="user_deactivate"),
    path("users/<int:pk>/activate/", users.user_activate, name="user_activate"),
    path("users/<int:pk>/reset-password/", users.user_reset_password, name="user_reset_password"),
    path("users/<int:pk>/postings/new/", users.posting_create, name="posting_create"),
    path("users/postings/<int:pk>/end/", users.posting_end, name="posting_end"),
    path("audit/", audit.audit_list, name="audit_list"),
    path("audit/<str:target_type>/<str:target_id>/", audit.audit_target, name="audit_target"),
]
