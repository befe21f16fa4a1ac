"""What each field of a service is called elsewhere, so that an export is a mapping.

Sources: HSDS 3.0 (openreferral.org), CPSV-AP 3.2 (SEMIC), schema.org GovernmentService.
"""

from typing import NamedTuple


class Names(NamedTuple):
    """A field's name in three vocabularies ("" where it has none) and its help for staff."""

    hsds: str
    cpsv: str
    schema: str
    help: str


SERVICE = {
    "id": Names("id", "dct:identifier", "identifier", "英文短名,与文件名相同,定了不改"),
    "name": Names("name", "dct:title", "name", "服务名"),
    "alternate_names": Names("alternate_name", "skos:altLabel", "alternateName", "大家还怎么叫它"),
    "summary": Names("", "", "disambiguatingDescription", "一句话答案;有主要数字就写上"),
    "description": Names(
        "description", "dct:description", "description", "其余要说的一两句,不重复一句话答案"
    ),
    "figures": Names("attributes", "", "", "数字:指标、比较(≥ = ≤ 约)、数值、单位、年份"),
    "audience": Names("", "cv:isClassifiedBy", "audience", "给谁的"),
    "organization": Names(
        "organization_id", "cv:hasCompetentAuthority", "provider", "责任单位(contacts.yaml 的 id)"
    ),
    "contacts": Names(
        "phones", "cv:contactPoint", "availableChannel.servicePhone", "电话(contacts.yaml 的 id),最合适的在前"
    ),
    "source": Names("metadata", "dct:source", "subjectOf", "出自文章第几部分、第几段"),
    "checked_on": Names("assured_date", "dct:modified", "", "最近一次核对的日期"),
    "due_on": Names("", "", "", "下次该核对的日期"),
    "valid_from": Names("", "", "", "政策从哪天起"),
    "valid_through": Names("", "", "", "政策到哪天止"),
    "related": Names("", "dct:relation", "isRelatedTo", "接下来可能想问的服务"),
    "conditions": Names("eligibility_description", "cv:holdsRequirement", "", "申请条件(待工作人员填)"),
    "documents": Names("required_documents", "cpsv:hasInput", "", "要带的材料(待填)"),
    "steps": Names("application_process", "cpsv:follows", "", "怎么办,一步一行(待填)"),
    "fees": Names("fees_description", "cv:hasCost", "offers", "收费(待填)"),
    "processing_time": Names(
        "wait_time", "cv:processingTime", "availableChannel.processingTime", "办理时限(待填)"
    ),
    "location": Names(
        "service_at_locations", "cv:hasChannel", "availableChannel.serviceLocation", "地点(待填)"
    ),
    "opening_hours": Names("schedules", "cv:openingHours", "hoursAvailable", "开放时间(待填)"),
    "url": Names("url", "cv:hasChannel", "availableChannel.serviceUrl", "网上入口,https 开头(待填)"),
    "phrasings": Names("", "dcat:keyword", "", "居民的各种问法,至少 25 句"),
}
