"""Who may do what: one table from role to permissions. *Where* comes from the posting's unit (accounts.gate)."""

from django.db import models


class Role(models.TextChoices):
    ADMINISTRATOR = "ADMINISTRATOR", "管理员"
    AUDITOR = "AUDITOR", "审计员"
    PROVINCE_OFFICIAL = "PROVINCE_OFFICIAL", "省级民政干部"
    CITY_OFFICIAL = "CITY_OFFICIAL", "市级民政干部"
    COUNTY_OFFICIAL = "COUNTY_OFFICIAL", "县级民政干部"
    TOWNSHIP_MANAGER = "TOWNSHIP_MANAGER", "乡镇（街道）管理员"
    STATION_WORKER = "STATION_WORKER", "驻站社工"
    AGENCY_MANAGER = "AGENCY_MANAGER", "承接机构管理员"


class Permission(models.TextChoices):
    VIEW = "VIEW", "查看看板、站点和统计"
    VIEW_RECORDS = "VIEW_RECORDS", "查看服务记录和月报"
    VIEW_WORKERS = "VIEW_WORKERS", "查看社工名册"
    EXPORT = "EXPORT", "导出表格"
    LOG_SERVICE = "LOG_SERVICE", "登记、更正、作废服务"
    WRITE_REPORT = "WRITE_REPORT", "编写、上报月报"
    REVIEW_REPORT = "REVIEW_REPORT", "审核月报"
    CREATE_STATION = "CREATE_STATION", "新建站点、登记站点状态"
    EDIT_STATION = "EDIT_STATION", "录入站点基础信息"
    MANAGE_WORKERS = "MANAGE_WORKERS", "管理社工"
    MANAGE_POLICIES = "MANAGE_POLICIES", "管理制度文件"
    MANAGE_CALENDAR = "MANAGE_CALENDAR", "管理工作日历"
    MANAGE_USERS = "MANAGE_USERS", "管理账号"
    VIEW_AUDIT = "VIEW_AUDIT", "查看审计日志"


_P = Permission
_READ = frozenset({_P.VIEW, _P.VIEW_RECORDS, _P.VIEW_WORKERS})

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset({_P.VIEW, _P.MANAGE_POLICIES, _P.MANAGE_CALENDAR, _P.MANAGE_USERS}),
    Role.AUDITOR: _READ | {_P.EXPORT, _P.VIEW_AUDIT},
    Role.PROVINCE_OFFICIAL: _READ | {_P.EXPORT},
    Role.CITY_OFFICIAL: _READ | {_P.EXPORT},
    Role.COUNTY_OFFICIAL: _READ | {_P.EXPORT, _P.CREATE_STATION, _P.EDIT_STATION, _P.MANAGE_WORKERS, _P.REVIEW_REPORT},
    Role.TOWNSHIP_MANAGER: _READ | {_P.EXPORT, _P.EDIT_STATION, _P.MANAGE_WORKERS, _P.LOG_SERVICE, _P.WRITE_REPORT},
    Role.STATION_WORKER: _READ | {_P.EXPORT, _P.EDIT_STATION, _P.LOG_SERVICE, _P.WRITE_REPORT},
    Role.AGENCY_MANAGER: _READ | {_P.EXPORT, _P.MANAGE_WORKERS},
}

# The levels at which a posting of the role makes sense (0 nation … 5 station).
LEVELS: dict[Role, frozenset[int]] = {
    Role.ADMINISTRATOR: frozenset({0, 1, 2, 3}),
    Role.AUDITOR: frozenset({0, 1, 2, 3}),
    Role.PROVINCE_OFFICIAL: frozenset({1}),
    Role.CITY_OFFICIAL: frozenset({2}),
    Role.COUNTY_OFFICIAL: frozenset({3}),
    Role.TOWNSHIP_MANAGER: frozenset({4}),
    Role.STATION_WORKER: frozenset({5}),
    Role.AGENCY_MANAGER: frozenset({5}),
}
