"""The pages of feature projects, through the browser's eyes."""

from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from files.models import Attachment
from jobs import actions as jobs
from jobs.models import Job
from stations.actions import features as actions
from stations.models import FeatureProject, FeatureState, Recommendation, Station
from stations.panels import panels_of
from stations.timeline import events_of
from tests.files.samples import photo
from tests.stations.test_features import FACTS


def page(client, name, *args, **query) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def feature(world, rules):
    """`feature(place, state)`: a project of 2023 in that state, its dates in November 2023."""

    def make(place="北关街道社工站", state="APPROVED", year=2023, **columns):
        dates = {"APPLIED": ["applied_on"], "APPROVED": ["applied_on", "approved_on"]}.get(state, [])
        facts = FACTS | {name: date(2023, 11, 1) for name in dates} | columns
        return FeatureProject.objects.create(station=world.station(place), year=year, state=state, **facts)

    return make


def test_the_gallery_shows_recognised_projects_of_the_scope_by_county(world, feature, sign_in):
    feature(name="夕阳有伴")
    feature("锦纶街道社工站", "DRAFT", name="还在写")
    feature("明星镇社工站", name="太谷的")
    html = page(sign_in(world.city), "feature_gallery")
    assert html.index("榆次区</h2>") < html.index("夕阳有伴") < html.index("太谷区</h2>") < html.index("太谷的")
    assert "还在写" not in html
    assert "太谷的" not in page(sign_in(world.county), "feature_gallery")


def test_the_list_filters_by_state_year_group_recommendation_and_name(world, feature, sign_in):
    feature(name="夕阳有伴", to_city_on=date(2023, 11, 2))
    feature("锦纶街道社工站", "DRAFT", name="童心港湾", group="CHILDREN")
    client = sign_in(world.county)
    for query, shown, hidden in [
        ({"state": "DRAFT"}, "童心港湾", "夕阳有伴"),
        ({"state": "RECOGNISED"}, "夕阳有伴", "童心港湾"),
        ({"group": "CHILDREN"}, "童心港湾", "夕阳有伴"),
        ({"recommended": "CITY"}, "夕阳有伴", "童心港湾"),
        ({"q": "童心"}, "童心港湾", "夕阳有伴"),
        ({"q": "北关"}, "夕阳有伴", "童心港湾"),
        ({"month": "2023-11"}, "夕阳有伴", "童心港湾"),
    ]:
        html = page(client, "feature_list", **query)
        assert shown in html, query
        assert hidden not in html, query
    assert "没有符合条件" in page(client, "feature_list", year=2022)
    assert "没有符合条件" in page(client, "feature_list", month="2023-10")


def test_a_worker_fills_in_a_draft_with_a_photo_and_applies(world, rules, sign_in):
    client = sign_in(world.worker)
    assert "夕阳有伴”独居老人互助" in page(client, "feature_create")
    data = FACTS | {"station": world.station().pk, "year": 2023, "photo": [photo("探访.jpg")]}
    response = client.post(reverse("feature_create"), data)
    feature = FeatureProject.objects.get()
    assert response.url == reverse("feature_detail", args=[feature.pk])
    assert Attachment.objects.get().slot == "photo"
    html = page(client, "feature_detail", feature.pk)
    assert "探访.jpg" in html
    assert reverse("feature_apply", args=[feature.pk]) in html
    client.post(reverse("feature_apply", args=[feature.pk]), {"expected": 0})
    feature.refresh_from_db()
    assert feature.state == FeatureState.APPLIED


def test_a_wrong_file_leaves_nothing_behind(world, rules, sign_in):
    fake = SimpleUploadedFile("照片.jpg", b"MZ not a picture", content_type="image/jpeg")
    data = FACTS | {"station": world.station().pk, "year": 2023, "photo": [fake]}
    response = sign_in(world.worker).post(reverse("feature_create"), data)
    assert response.status_code == 200
    assert not FeatureProject.objects.exists()


def test_a_form_offers_only_stations_where_one_writes(world, rules, sign_in):
    html = page(sign_in(world.township), "feature_create")
    assert "北关街道社工站" in html
    assert "锦纶街道" not in html


def test_buttons_follow_role_and_state(world, feature, sign_in):
    applied = feature(state="APPLIED")
    urls = {name: reverse(f"feature_{name}", args=[applied.pk]) for name in ("review", "edit", "give_up")}
    county, worker = (page(sign_in(user), "feature_detail", applied.pk) for user in (world.county, world.worker))
    assert urls["review"] in county
    assert urls["review"] not in worker
    assert urls["edit"] not in worker
    assert urls["give_up"] in worker
    assert "1 个待认定" in page(sign_in(world.county), "feature_gallery")
    assert "待认定</a>" not in page(sign_in(world.worker), "feature_gallery")


def test_the_county_reviews_on_the_page_and_a_late_reviewer_is_told(world, feature, sign_in):
    applied = feature(state="APPLIED")
    client, url = sign_in(world.county), reverse("feature_review", args=[applied.pk])
    answer = {"accepted": "no", "on": "2023-12-05", "comment": "请补充", "expected": 0}
    assert client.post(url, answer).status_code == 302
    assert "请补充" in page(sign_in(world.worker), "feature_detail", applied.pk)
    late = client.post(url, answer | {"accepted": "yes"})
    assert "他人刚刚登记了“退回修改”" in late.content.decode()


def test_county_then_city_recommend_on_pages(world, feature, sign_in):
    recognised = feature()
    url = reverse("feature_recommend", args=[recognised.pk])
    for user in (world.county, world.city):
        data = {"on": "2023-12-05", "comment": "", "expected": actions.last_step(recognised)}
        assert sign_in(user).post(url, data).status_code == 302
    recognised.refresh_from_db()
    assert recognised.recommended == Recommendation.PROVINCE


def test_a_project_prints_as_a_paper(world, feature, sign_in):
    html = page(sign_in(world.city), "feature_print", feature(plan="每周两次探访").pk)
    assert "2023年度“一站一品”特色项目" in html
    assert "每周两次探访" in html


def test_typed_text_is_never_markup(world, feature, sign_in):
    html = page(sign_in(world.city), "feature_detail", feature(plan="<script>x</script>").pk)
    assert "<script>x" not in html
    assert "&lt;script&gt;x" in html


def test_the_station_shows_its_projects_and_their_steps(world, feature, sign_in, django_assert_num_queries):
    applied = feature(state="APPLIED", name="夕阳有伴")
    actions.review_feature(
        by=world.county, feature=applied, accepted=True, on=date(2023, 12, 5), comment="有特色", expected=0
    )
    html = page(sign_in(world.county), "station_detail", applied.station_id)
    assert html.count("夕阳有伴") >= 2
    assert "特色项目认定：夕阳有伴" in [event.title for event in events_of(world.county, world.station())]
    station = world.station()
    card = next(built.panel for built in panels_of(world.county, station) if built.panel.key == "features")
    feature(year=2022)
    with django_assert_num_queries(2):
        card.build(world.county, station)


def test_the_export_holds_what_the_list_shows(world, feature, sign_in):
    feature(name="夕阳有伴")
    feature("明星镇社工站", name="太谷的")
    client = sign_in(world.county)
    client.post(reverse("table_export", args=["features"]), {"query": "state=RECOGNISED"})
    job = Job.objects.get()
    jobs.run_job(job.pk)
    job.refresh_from_db()
    sheet = openpyxl.load_workbook(jobs.file_of(job)).active
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "夕阳有伴" in cells
    assert "太谷的" not in cells
    assert "筛选条件：状态：已认定（含结项）" in cells


@pytest.mark.parametrize("name", ["feature_gallery", "feature_list"])
def test_lists_cost_the_same_for_one_project_and_for_many(world, feature, sign_in, name):
    client, counts = sign_in(world.city), []
    for years in ([2023], range(2018, 2023)):
        for year in years:
            for place in ("北关街道社工站", "锦纶街道社工站", "明星镇社工站"):
                feature(place, year=year)
        page(client, name)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page(client, name)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 12


def test_a_project_costs_the_same_whatever_its_steps(world, feature, sign_in, django_assert_max_num_queries):
    recognised = feature()
    for _ in range(3):
        arguments = {"by": None, "feature": recognised, "expected": actions.last_step(recognised)}
        actions.recommend_feature(to=Recommendation.CITY, on=date(2023, 12, 5), comment="", **arguments)
        arguments["expected"] = actions.last_step(recognised)
        actions.take_back_recommendation(reason="误推", **arguments)
    client = sign_in(world.county)
    page(client, "feature_detail", recognised.pk)
    with django_assert_max_num_queries(8):
        page(client, "feature_detail", recognised.pk)


def test_the_api_lists_projects_of_the_scope_with_the_filters_of_the_page(world, feature, sign_in):
    feature(name="夕阳有伴")
    feature("明星镇社工站", name="太谷的")
    client = sign_in(world.county)
    rows = client.get(reverse("api_feature-list"), {"state": "RECOGNISED"}).json()["results"]
    assert [(row["name"], row["station_name"]) for row in rows] == [("夕阳有伴", "北关街道社工站")]
    assert client.get(reverse("api_feature-list"), {"state": "WRONG"}).status_code == 400
    assert Station.objects.count() == 5
