"""Addresses of five-party linkage 五社联动."""

from __future__ import annotations

from django.urls import URLPattern, path

from linkage.views import meetings, organisations, referrals, resources, taking_part, volunteers

urlpatterns: list[URLPattern] = [
    path("volunteers/", volunteers.volunteer_list, name="volunteer_list"),
    path("volunteers/new/", volunteers.volunteer_create, name="volunteer_create"),
    path("volunteers/<int:pk>/", volunteers.volunteer_detail, name="volunteer_detail"),
    path("volunteers/<int:pk>/edit/", volunteers.volunteer_edit, name="volunteer_edit"),
    path("volunteers/<int:pk>/leave/", volunteers.volunteer_leave, name="volunteer_leave"),
    path("volunteers/<int:pk>/return/", volunteers.volunteer_return, name="volunteer_return"),
    path("services/<int:pk>/taking-part/", taking_part.service_taking_part, name="service_taking_part"),
    path("organisations/", organisations.organisation_list, name="organisation_list"),
    path("organisations/new/", organisations.organisation_create, name="organisation_create"),
    path("organisations/<int:pk>/", organisations.organisation_detail, name="organisation_detail"),
    path("organisations/<int:pk>/edit/", organisations.organisation_edit, name="organisation_edit"),
    path("organisations/<int:pk>/end/", organisations.organisation_end, name="organisation_end"),
    path("donations/", resources.donation_list, name="donation_list"),
    path("donations/stock/", resources.donation_stock, name="donation_stock"),
    path("donations/handouts/", resources.handout_list, name="handout_list"),
    path("donations/new/", resources.donation_create, name="donation_create"),
    path("donations/<int:pk>/", resources.donation_detail, name="donation_detail"),
    path("donations/<int:pk>/withdraw/", resources.donation_withdraw, name="donation_withdraw"),
    path("donations/<int:pk>/hand-out/", resources.hand_out, name="hand_out"),
    path("handouts/<int:pk>/withdraw/", resources.handout_withdraw, name="handout_withdraw"),
    path("meetings/", meetings.meeting_list, name="meeting_list"),
    path("meetings/tasks/", meetings.meeting_tasks, name="meeting_tasks"),
    path("meetings/new/", meetings.meeting_create, name="meeting_create"),
    path("meetings/<int:pk>/", meetings.meeting_detail, name="meeting_detail"),
    path("meetings/<int:pk>/edit/", meetings.meeting_edit, name="meeting_edit"),
    path("meetings/<int:pk>/withdraw/", meetings.meeting_withdraw, name="meeting_withdraw"),
    path("meetings/<int:pk>/tasks/new/", meetings.task_add, name="task_add"),
    path("meetings/tasks/<int:pk>/done/", meetings.task_finish, name="task_finish"),
    path("meetings/tasks/<int:pk>/reopen/", meetings.task_reopen, name="task_reopen"),
    path("referrals/", referrals.referral_list, name="referral_list"),
    path("referrals/new/", referrals.referral_create, name="referral_create"),
    path("referrals/<int:pk>/", referrals.referral_detail, name="referral_detail"),
    path("referrals/<int:pk>/edit/", referrals.referral_edit, name="referral_edit"),
    path("referrals/<int:pk>/step/", referrals.referral_step, name="referral_step"),
    path("referrals/<int:pk>/take-back/", referrals.referral_take_back, name="referral_take_back"),
    path("referrals/<int:pk>/withdraw/", referrals.referral_withdraw, name="referral_withdraw"),
]
