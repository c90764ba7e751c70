import pytest

from accounts.initials import initials_of


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("重庆市", "cqs"),
        ("长治市", "czs"),
        ("长子县", "zzx"),
        ("子长市", "zcs"),
        ("太谷区", "tgq"),
        ("朝阳市", "cys"),
        ("单县", "sx"),
        ("番禺区", "pyq"),
        ("洪洞县", "htx"),
        ("六安市", "las"),
        ("北关街道社工站", "bgjdsgz"),
        ("A区1号站", "aq1hz"),
        ("𰝟渡镇", "dz"),  # no reading known: left out
    ],
)
def test_initials_read_places_as_people_do(name, initials):
    assert initials_of(name) == initials


def test_initials_fit_the_column():
    assert len(initials_of("站" * 200)) == 80
