from django.contrib import admin

from accounts.admin import GatedAdmin
from files.models import Attachment


@admin.register(Attachment)
class AttachmentAdmin(GatedAdmin):
    list_display = ["name", "unit", "slot", "kind", "size", "taken_at", "uploaded_at"]
    list_filter = ["kind", "is_demo"]
    list_select_related = ["unit"]
