"""Addresses of the team's pages: workers, training, supervisors."""

from django.urls import URLPattern, path

from stations.views import careers, lists, people, trainings, withdraw, workers

people_patterns: list[URLPattern] = [
    path("workers/", lists.worker_list, name="worker_list"),
    path("workers/new/", workers.worker_create, name="worker_create"),
    path("workers/take-over/", workers.worker_take_over, name="worker_take_over"),
    path("workers/staffing/", people.staffing_page, name="staffing"),
    path("workers/<int:pk>/", workers.worker_detail, name="worker_detail"),
    path("workers/<int:pk>/edit/", workers.worker_edit, name="worker_edit"),
    path("workers/<int:pk>/number/", careers.worker_reveal, name="worker_reveal"),
    path("workers/<int:pk>/certificate/", careers.worker_certificate, name="worker_certificate"),
    path("workers/<int:pk>/registration/", careers.worker_renew, name="worker_renew"),
    path("workers/<int:pk>/employ/", workers.worker_employ, name="worker_employ"),
    path("workers/<int:pk>/employment/end/", workers.worker_employment_end, name="worker_employment_end"),
    path("workers/<int:pk>/post/", workers.worker_post, name="worker_post"),
    path("workers/<int:pk>/posting/end/", workers.worker_posting_end, name="worker_posting_end"),
    path("workers/<int:pk>/leave/", careers.worker_leave, name="worker_leave"),
    path("workers/<int:pk>/evaluation/", careers.worker_evaluation, name="worker_evaluation"),
    path("workers/<int:pk>/reward/", careers.worker_reward, name="worker_reward"),
    path(
        "workers/<int:pk>/certificate/withdraw/",
        withdraw.worker_certificate_withdraw,
        name="worker_certificate_withdraw",
    ),
    path("workers/<int:pk>/registration/withdraw/", withdraw.worker_renewal_withdraw, name="worker_renewal_withdraw"),
    path(
        "workers/<int:pk>/employment/withdraw/", withdraw.worker_employment_withdraw, name="worker_employment_withdraw"
    ),
    path("workers/<int:pk>/posting/withdraw/", withdraw.worker_posting_withdraw, name="worker_posting_withdraw"),
    path(
        "workers/<int:pk>/evaluation/withdraw/", withdraw.worker_evaluation_withdraw, name="worker_evaluation_withdraw"
    ),
    path("workers/<int:pk>/reward/withdraw/", withdraw.worker_reward_withdraw, name="worker_reward_withdraw"),
    path("workers/<int:pk>/history/", workers.worker_history, name="worker_history"),
    path("trainings/", trainings.training_list, name="training_list"),
    path("trainings/new/", trainings.training_create, name="training_create"),
    path("trainings/<int:pk>/", trainings.training_detail, name="training_detail"),
    path("trainings/<int:pk>/edit/", trainings.training_edit, name="training_edit"),
    path("trainings/<int:pk>/attendance/", trainings.training_attendance, name="training_attendance"),
    path("trainings/<int:pk>/withdraw/", trainings.training_withdraw, name="training_withdraw"),
    path("trainings/<int:pk>/history/", trainings.training_history, name="training_history"),
    path("supervisors/", people.supervisor_list, name="supervisor_list"),
    path("supervisors/new/", people.supervisor_create, name="supervisor_create"),
    path("supervisors/<int:pk>/end/", people.supervisor_end, name="supervisor_end"),
    path(
        "stations/<int:pk>/supervisor/withdraw/",
        withdraw.station_supervisor_withdraw,
        name="station_supervisor_withdraw",
    ),
]
