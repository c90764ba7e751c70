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
    REVIEW_SERVICES = "REVIEW_SERVICES", "审阅服务记录"
    VIEW_CLIENTS = "VIEW_CLIENTS", "查看服务对象档案"
    EDIT_CLIENTS = "EDIT_CLIENTS", "建立、修改、合并服务对象档案"
    EXPORT_CLIENTS = "EXPORT_CLIENTS", "导出服务对象信息"
    EDIT_CASES = "EDIT_CASES", "办理个案、小组和社区活动"
    COMMENT_CASES = "COMMENT_CASES", "督导点评"
    SET_VISITS = "SET_VISITS", "下达探访任务"
    EDIT_LINKAGE = "EDIT_LINKAGE", "登记志愿者、社会组织、慈善资源和转介"
    WRITE_REPORT = "WRITE_REPORT", "编写、上报月报"
    REVIEW_REPORT = "REVIEW_REPORT", "审核月报"
    PLAN_BUILDING = "PLAN_BUILDING", "编制建设计划和节点"
    CREATE_STATION = "CREATE_STATION", "布点新建站点、登记停运和撤销"
    BUILD_STATION = "BUILD_STATION", "登记站点建设、挂牌和运营"
    ACCEPT_STATION = "ACCEPT_STATION", "验收站点、评定示范社工室"
    ISSUE_STANDARD = "ISSUE_STANDARD", "制定建设标准和阶段任务"
    SELF_CHECK = "SELF_CHECK", "按建设标准自查、登记设备制度标识"
    CHECK_STANDARD = "CHECK_STANDARD", "按建设标准检查站点"
    DECIDE_STAGE = "DECIDE_STAGE", "认定站点发展阶段"
    CONFIRM_STAGE = "CONFIRM_STAGE", "确认站点发展阶段"
    EDIT_FEATURE = "EDIT_FEATURE", "编写特色项目"
    RECOMMEND_FEATURE = "RECOMMEND_FEATURE", "推荐特色项目"
    VIEW_CONTRACTS = "VIEW_CONTRACTS", "查看承接机构和合同"
    MANAGE_CONTRACTS = "MANAGE_CONTRACTS", "管理承接机构、采购、合同和评估"
    VIEW_FUNDS = "VIEW_FUNDS", "查看资金台账"
    MANAGE_FUNDS = "MANAGE_FUNDS", "登记和分配资金"
    SPEND_FUNDS = "SPEND_FUNDS", "确认资金到账、登记支出"
    EDIT_STATION = "EDIT_STATION", "录入站点基础信息"
    MANAGE_WORKERS = "MANAGE_WORKERS", "管理社工"
    MANAGE_POLICIES = "MANAGE_POLICIES", "管理制度文件"
    MANAGE_CALENDAR = "MANAGE_CALENDAR", "管理工作日历"
    MANAGE_USERS = "MANAGE_USERS", "管理账号"
    VIEW_AUDIT = "VIEW_AUDIT", "查看审计日志"


_P = Permission
_READ = frozenset({_P.VIEW, _P.VIEW_RECORDS, _P.VIEW_WORKERS})
_OVERSIGHT = _READ | {_P.EXPORT, _P.VIEW_CONTRACTS, _P.VIEW_FUNDS}
# Officials above a township hold none of these: of the people served they see counts. Supervisors: clients.gate.
_PEOPLE_SERVED = frozenset({_P.VIEW_CLIENTS, _P.EDIT_CLIENTS, _P.EDIT_CASES, _P.EDIT_LINKAGE})
_CIVIL_AFFAIRS = _OVERSIGHT | {_P.ISSUE_STANDARD, _P.MANAGE_FUNDS}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset({_P.VIEW, _P.MANAGE_POLICIES, _P.MANAGE_CALENDAR, _P.MANAGE_USERS}),
    Role.AUDITOR: _OVERSIGHT | {_P.VIEW_AUDIT},
    Role.PROVINCE_OFFICIAL: _CIVIL_AFFAIRS,
    # R14: the city plans, the county supervises, the township implements.
    # It confirms the money that the province passes on to it.
    Role.CITY_OFFICIAL: _CIVIL_AFFAIRS
    | {
        _P.PLAN_BUILDING,
        _P.CHECK_STANDARD,
        _P.CONFIRM_STAGE,
        _P.RECOMMEND_FEATURE,
        _P.MANAGE_CONTRACTS,
        _P.SPEND_FUNDS,
    },
    Role.COUNTY_OFFICIAL: _CIVIL_AFFAIRS
    | {
        _P.PLAN_BUILDING,
        _P.CREATE_STATION,
        _P.BUILD_STATION,
        _P.ACCEPT_STATION,
        _P.EDIT_STATION,
        _P.CHECK_STANDARD,
        _P.DECIDE_STAGE,
        _P.RECOMMEND_FEATURE,
        _P.MANAGE_WORKERS,
        _P.MANAGE_CONTRACTS,
        _P.SPEND_FUNDS,
        _P.REVIEW_REPORT,
        _P.REVIEW_SERVICES,
        _P.SET_VISITS,
    },
    Role.TOWNSHIP_MANAGER: _OVERSIGHT
    | _PEOPLE_SERVED
    | {
        _P.REVIEW_SERVICES,
        _P.EXPORT_CLIENTS,
        _P.COMMENT_CASES,
        _P.BUILD_STATION,
        _P.EDIT_STATION,
        _P.SELF_CHECK,
        _P.EDIT_FEATURE,
        _P.MANAGE_WORKERS,
        _P.MANAGE_FUNDS,  # the township's own money, and passing on to its stations
        _P.SPEND_FUNDS,
        _P.LOG_SERVICE,
        _P.WRITE_REPORT,
    },
    Role.STATION_WORKER: _READ
    | _PEOPLE_SERVED
    | {_P.EXPORT, _P.EDIT_STATION, _P.SELF_CHECK, _P.EDIT_FEATURE, _P.LOG_SERVICE, _P.WRITE_REPORT},
    # Its own contracts and evaluations it sees as a member of the agency (agencies.models), not by this table.
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
