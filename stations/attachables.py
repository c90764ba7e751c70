"""What files the rows of this room take."""

from django.urls import reverse

from accounts.roles import Permission
from files.kinds import IMAGES
from files.registry import Slot, attachable
from stations.models import Station

attachable(
    Station,
    view=Permission.VIEW,
    change=Permission.EDIT_STATION,
    slots={"photo": Slot("站点照片", IMAGES)},
    page=lambda station: reverse("station_detail", args=[station.pk]),
    related=("unit",),
)
