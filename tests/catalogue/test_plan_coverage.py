"""Every statement, figure and proper noun of the plan stands in the catalogue, none twice."""

from collections import Counter
from decimal import Decimal

import pytest

from bot.catalogue.check import Checked
from bot.catalogue.model import Catalogue, Service

# The article's paragraphs, and the services that what they state has become.
STATEMENTS = {
    "1¶1": "pediatric-care critical-mother-newborn-centres maternal-child-management prenatal-screening",
    "1¶2": (
        "infant-care-training online-parenting-courses childcare-college-majors parenting-knowledge-rate"
    ),
    "1¶3": "shared-childcare-space employer-childcare affordable-childcare",
    "2¶1": "public-kindergarten",
    "2¶2": "school-groups compulsory-education-balance high-school-quota",
    "2¶3": (
        "ningbo-university ningbo-polytechnic nottingham-beacon applied-universities new-universities "
        "university-count student-numbers"
    ),
    "3¶1": "key-group-employment startup-support hard-to-employ",
    "3¶2": "ningbo-craftsman skilled-worker-pay skills-training high-skilled-talent",
    "3¶3": "minimum-wage income-growth no-wage-arrears",
    "4¶1": "disease-control public-health-clinical-centre fever-clinics",
    "4¶2": "regional-medical-centres international-medical-department multi-campus-hospitals",
    "4¶3": "hospital-beds hospital-ranking",
    "4¶4": "county-hospitals local-visit-rates",
    "4¶5": "employee-medical-insurance hardship-medical-insurance medical-insurance-enrolment",
    "5¶1": "downtown-eldercare rural-nursing-homes eldercare-retrofit home-care-centres",
    "5¶2": (
        "employee-pension resident-pension pension-enrolment expropriated-farmers-pension "
        "flexible-worker-insurance basic-pension-level national-pension-pooling"
    ),
    "5¶3": "yongyiyang digital-divide",
    "6¶1": "social-assistance emergency-relief dibao-standard assistance-one-stop",
    "6¶2": "child-welfare-homes disability-homes",
    "6¶3": "charity-organisations",
    "7¶1": "veteran-job-support veteran-placement veteran-employment-rate veteran-training",
    "7¶2": "military-benefits preferential-list veteran-hardship-aid veterans-hospital veterans-home",
    "8¶1": "new-cultural-venues cultural-floor-area",
    "8¶2": "night-economy festivals performances",
    "8¶3": "canal-culture-park themed-tourism culture-industry-share tourism-targets",
    "8¶4": "free-cultural-venues city-study-rooms library-books art-participation",
    "9¶1": "olympic-centre district-stadiums sailing-centre",
    "9¶2": (
        "fitness-facilities public-sports-venues school-sports-venues fitness-circle sports-area-per-person"
    ),
    "9¶3": "sports-events featured-sports exercise-rate",
    "10¶1": (
        "affordable-rental-housing public-rental-housing shared-ownership-housing shantytown-renewal "
        "old-estate-renewal new-rental-homes housing-security-coverage"
    ),
    "10¶2": "living-circle community-amenities youth-friendly-community",
    "10¶3": "future-communities urban-renewal",
}
FIGURES = (
    ("maternal-child-management", "孕产妇系统管理率", "≥", "95", "%"),
    ("maternal-child-management", "7岁以下儿童系统管理率", "≥", "95", "%"),
    ("prenatal-screening", "孕产妇产前筛查率", "=", "90", "%"),
    ("parenting-knowledge-rate", "婴幼儿家长科学育儿知识普及率", "≥", "90", "%"),
    ("affordable-childcare", "普惠性托位占比", "≥", "60", "%"),
    ("public-kindergarten", "每个乡镇(街道)公办中心幼儿园", "=", "1", "所"),
    ("public-kindergarten", "常住人口5万以上乡镇(街道)公办幼儿园", "≥", "2", "所"),
    ("compulsory-education-balance", "义务教育优质均衡发展区县(市)比例", "≥", "60", "%"),
    ("high-school-quota", "优质示范普通高中定向分配比例", "=", "70", "%"),
    ("university-count", "独立设置的本科高校", "≥", "10", "所"),
    ("university-count", "高等教育机构", "≥", "26", "个"),
    ("student-numbers", "在甬大学生", "=", "200000", "人"),
    ("student-numbers", "在甬研究生", "=", "25000", "人"),
    ("skills-training", "职业技能培训", "≥", "1000000", "人次"),
    ("high-skilled-talent", "高技能人才", "=", "780000", "名"),
    ("disease-control", "疾控机构标准化达标率", "=", "100", "%"),
    ("disease-control", "传染病暴发疫情和突发公共卫生事件原因查明率", "=", "100", "%"),
    ("hospital-beds", "每千常住人口床位数", "=", "6.6", "张"),
    ("hospital-ranking", "力争达到国家三级公立医院绩效考核A等级的市级医院", "=", "3", "家"),
    ("hospital-ranking", "力争综合竞争力进入全省医院前10位的市级医院", "=", "2", "家"),
    ("county-hospitals", "力争每个区县(市)三级综合医院", "≥", "1", "家"),
    ("local-visit-rates", "县域就诊率", "≥", "90", "%"),
    ("local-visit-rates", "基层就诊率", "≥", "65", "%"),
    ("medical-insurance-enrolment", "基本医疗保险参保人数", "=", "8000000", "人"),
    ("pension-enrolment", "基本养老保险参保人数", "=", "6200000", "人"),
    ("dibao-standard", "城乡居民最低生活保障标准", "=", "14000", "元/年"),
    ("child-welfare-homes", "每个区县(市)儿童福利实体机构", "≥", "1", "个"),
    ("disability-homes", "每个镇(街道)和万人以上乡规范化残疾人之家", "=", "1", "家"),
    ("charity-organisations", "慈善组织总量", "=", "130", "家"),
    ("charity-organisations", "力争枢纽型、行业性慈善组织", "=", "11", "家"),
    ("veteran-employment-rate", "有就业意愿的退役军人就业创业率", "≥", "95", "%"),
    ("veteran-training", "职业技能订单式培训", "=", "1000", "人"),
    ("veteran-training", "职业技能项目制培训", "=", "18000", "人次"),
    ("cultural-floor-area", "每万人公共文化设施建筑面积", "=", "4565", "平方米"),
    ("culture-industry-share", "文化及相关产业增加值比重", "=", "10", "%"),
    ("tourism-targets", "旅游产业增加值年均增长", "=", "8", "%"),
    ("tourism-targets", "接待国内过夜游客", "=", "60000000", "人次"),
    ("library-books", "人均公共图书馆藏书量", "=", "1.5", "册"),
    ("art-participation", "全民艺术普及综合参与率", "=", "83", "%"),
    ("fitness-circle", "城市社区健身圈", "=", "10", "分钟"),
    ("sports-area-per-person", "人均公共体育场地面积", "≥", "3", "平方米"),
    ("sports-events", "国际高水平体育赛事", "=", "2", "项"),
    ("sports-events", "全国知名品牌赛事", "=", "10", "项"),
    ("sports-events", "每年举办国际国内大赛", "≥", "50", "项"),
    ("featured-sports", "各区县(市)品牌体育赛事", "≥", "1", "个"),
    ("featured-sports", "各区县(市)品牌体育赛事", "≤", "2", "个"),
    ("exercise-rate", "经常参加体育锻炼的人数比例", "≥", "45", "%"),
    ("new-rental-homes", "新增租赁住房", "=", "130000", "套(间)"),
    ("housing-security-coverage", "新增受益住房保障家庭", "约", "28000", "户"),
    ("housing-security-coverage", "城镇住房保障受益覆盖率", "约", "23", "%"),
    ("living-circle", "社区生活圈", "=", "15", "分钟"),
    ("future-communities", "城市未来社区", "=", "20", "个"),
    ("future-communities", "未来社区场景", "=", "9", "个"),
)

NAMES = {
    "幼有善育": (
        "危重症孕产妇救治中心 危重症儿童和新生儿救治中心 父母课堂 护理 邻里中心 文化礼堂 "
        "社区活动室 产业园区 示范单位"
    ),
    "学有优教": (
        "公办中心幼儿园 集团化办学 办学联盟 宁波大学 双一流 宁波职业技术学院 双高 宁波诺丁汉大学 "
        "卓越灯塔 宁波工程学院 浙大宁波理工学院 浙江万里学院 应用型大学 研究型大学 中外合作大学"
    ),
    "劳有厚得": ("高校毕业生 农村转移劳动力 残疾人 零就业家庭 宁波工匠 最低工资 中等收入群体 无欠薪城市"),
    "病有良医": (
        "公共卫生最安全城市 宁波市公共卫生临床中心 省级重大疫情救治基地 发热门诊 传染病监测哨点 "
        "省级区域医疗中心 国际医疗部 一院多区 三级公立医院绩效考核 A等级 三级综合医院"
    ),
    "老有颐养": (
        "敬老院 特困人员 居家养老服务中心 被征地农民 新就业形态 全国统筹 甬易养 "
        "子女网上下单、老人体验服务 数字鸿沟"
    ),
    "弱有众扶": (
        "大救助体系 基本生活救助 专项救助 急难救助 一件事 码上办 儿童福利机构 残疾人之家 枢纽型 "
        "行业性 慈善事业"
    ),
    "军有优抚": (
        "军转干部 退役士兵 消防员 订单式培训 宁波市军人抚恤优待实施办法 优待目录清单 优抚医院 光荣院 集中供养"
    ),
    "文旅乐享": (
        "天一阁博物馆新馆 非物质文化遗产馆 河海博物馆 文化馆新馆 新音乐厅 国家文化和旅游消费试点城市 "
        "夜间文旅消费集聚区 中国开渔节 宁海徐霞客开游节 大运河（宁波段）国家文化公园 诗路文化带 "
        "乡村旅游 红色旅游 康养旅游 跟着考古去旅游 顺着运河来看海 文化家园 城市书房 文化驿站 "
        "错时开放"
    ),
    "体有强健": (
        "奥体中心二期 市体育发展中心 一场两馆 亚帆中心 中国·浙江海洋运动中心 健身步道 健身中心 "
        "体育公园 百姓健身房 高架桥 郊野绿道 10分钟健身圈 水上运动 山地户外运动 时尚极限运动"
    ),
    "住有宜居": (
        "保障性租赁住房 共有产权住房 公共租赁房 棚户区 老旧小区 15分钟生活圈 知识技术共享型 "
        "青年友好型 城市未来社区 邻里、教育、健康、创业、建筑、交通、低碳、服务、治理 城中村 "
        "城市有机更新"
    ),
}
STAFF_FIELDS = ("conditions", "documents", "steps", "fees", "processing_time", "location", "opening_hours")


@pytest.fixture(scope="module")
def catalogue(real: Checked) -> Catalogue:
    assert real.catalogue is not None
    return real.catalogue


@pytest.fixture(scope="module")
def services(catalogue: Catalogue) -> dict[str, Service]:
    return {s.id: s for s in catalogue.services}


def paragraph(service: Service) -> str:
    return f"{service.source.section}¶{service.source.paragraph}"


@pytest.mark.parametrize("number", STATEMENTS)
def test_a_paragraph_has_become_these_services(number: str, services: dict[str, Service]) -> None:
    assert {s.id for s in services.values() if paragraph(s) == number} == set(STATEMENTS[number].split())


def test_every_service_comes_from_the_plan_once(services: dict[str, Service]) -> None:
    listed = Counter(name for names in STATEMENTS.values() for name in names.split())
    assert set(listed.values()) == {1}
    assert listed.keys() == services.keys()
    assert len({s.answer for s in services.values()}) == len(services)
    assert len({s.name for s in services.values()}) == len(services)


@pytest.mark.parametrize("row", FIGURES, ids=lambda row: row[1])
def test_a_figure_stands_in_the_catalogue_once(
    row: tuple[str, str, str, str, str], services: dict[str, Service]
) -> None:
    service, metric, comparator, value, unit = row
    wanted = (metric, comparator, Decimal(value), unit, 2025)
    standing = [(s.id, tuple(f.model_dump().values())) for s in services.values() for f in s.figures]
    assert [name for name, figure in standing if figure == wanted] == [service]


def test_no_figure_is_not_the_plans(services: dict[str, Service]) -> None:
    assert sum(len(s.figures) for s in services.values()) == len(FIGURES) == len(set(FIGURES)) == 53


@pytest.mark.parametrize("name", [name for names in NAMES.values() for name in names.split()])
def test_a_name_is_told_by_some_answer(name: str, services: dict[str, Service]) -> None:
    assert any(name in s.answer for s in services.values())


def test_the_catalogue_has_its_size(catalogue: Catalogue) -> None:
    assert [d.number for d in catalogue.domains] == list(range(1, 11))
    assert 70 <= len(catalogue.services) <= 115
    assert min(len(s.phrasings) for s in catalogue.services) >= 25


def test_every_service_has_its_examples(real: Checked, services: dict[str, Service]) -> None:
    counts = {file.service: len(file.examples) for file in real.examples}
    assert services.keys() <= counts.keys()
    assert min(counts[name] for name in services) >= 12
    assert all(file.near_misses for file in real.examples if file.service in services)


@pytest.mark.parametrize("field", [*STAFF_FIELDS, "url"])
def test_what_staff_will_fill_in_is_empty_now(field: str, services: dict[str, Service]) -> None:
    assert not [s.id for s in services.values() if getattr(s, field)]


def test_the_plan_is_named_with_its_period(catalogue: Catalogue) -> None:
    plan = catalogue.plan
    assert plan.title == "宁波市公共服务发展“十四五”规划"
    assert (plan.valid_from.isoformat(), plan.valid_through.isoformat()) == ("2021-01-01", "2025-12-31")
    for service in catalogue.services:
        assert (service.valid_from, service.valid_through) == (plan.valid_from, plan.valid_through)
