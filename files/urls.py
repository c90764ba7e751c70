from django.urls import path

from files import views

urlpatterns = [
    path("files/<int:pk>/", views.file_open, name="file_open"),
    path("files/<int:pk>/thumbnail/", views.file_thumbnail, name="file_thumbnail"),
    path("files/<int:pk>/remove/", views.file_remove, name="file_remove"),
]
