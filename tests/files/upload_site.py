"""A page that takes files, for tests of the field over the wire."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from config.urls import urlpatterns as product
from files.forms import FilesField
from files.kinds import IMAGES


class PhotoForm(forms.Form):
    title = forms.CharField(label="标题")
    photos = FilesField(label="现场照片", kinds=IMAGES, max_files=3)


def upload(request):
    form = PhotoForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        return HttpResponse("；".join(file.name for file in form.cleaned_data["photos"]))
    return render(request, "components/form.html", {"form": form})


urlpatterns = [path("upload/", upload, name="upload"), *product]
