from django.urls import URLPattern

from clients.urls_files import file_patterns
from clients.urls_moving import moving_patterns

urlpatterns: list[URLPattern] = [*file_patterns, *moving_patterns]
