from django.urls import URLPattern, path

from casework.views import activities, group_writes, groups

group_patterns: list[URLPattern] = [
    path("groups/", groups.group_list, name="group_list"),
    path("groups/sessions/", groups.session_list, name="session_list"),
    path("groups/new/", group_writes.group_create, name="group_create"),
    path("groups/<int:pk>/", groups.group_detail, name="group_detail"),
    path("groups/<int:pk>/print/", groups.group_print, name="group_print"),
    path("groups/<int:pk>/attendance/", groups.group_attendance, name="group_attendance"),
    path("groups/<int:pk>/edit/", group_writes.group_edit, name="group_edit"),
    path("groups/<int:pk>/members/", group_writes.group_members, name="group_members"),
    path("groups/<int:pk>/sessions/", group_writes.session_add, name="session_add"),
    path("groups/<int:pk>/phase/", group_writes.group_phase, name="group_phase"),
    path("groups/<int:pk>/evaluate/", group_writes.group_evaluate, name="group_evaluate"),
    path("groups/<int:pk>/end/", group_writes.group_end, name="group_end"),
    path("groups/<int:pk>/stop/", group_writes.group_stop, name="group_stop"),
    path("groups/<int:pk>/take-back/", group_writes.group_take_back, name="group_take_back"),
    path("groups/members/<int:pk>/", group_writes.member_edit, name="group_member_edit"),
    path("groups/members/<int:pk>/drop/", group_writes.member_drop, name="group_member_drop"),
    path("groups/sessions/<int:pk>/", group_writes.session_edit, name="session_edit"),
    path("groups/sessions/<int:pk>/drop/", group_writes.session_drop, name="session_drop"),
    path("groups/sessions/<int:pk>/attendance/", group_writes.session_attendance, name="session_attendance"),
    path("activities/", activities.activity_list, name="activity_list"),
    path("activities/new/", activities.activity_create, name="activity_create"),
    path("activities/<int:pk>/", activities.activity_detail, name="activity_detail"),
    path("activities/<int:pk>/edit/", activities.activity_edit, name="activity_edit"),
    path("activities/<int:pk>/conclude/", activities.activity_conclude, name="activity_conclude"),
    path("activities/<int:pk>/cancel/", activities.activity_cancel, name="activity_cancel"),
    path("activities/<int:pk>/take-back/", activities.activity_take_back, name="activity_take_back"),
    path("activities/days/<int:pk>/", activities.activity_people, name="activity_people"),
]
