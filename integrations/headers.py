"""Which column of a stranger's table is probably which of our fields."""

import re

# A column is compared without case, spaces and marks. The more telling names come first.
SYNONYMS = {
    "account": {
        "external_id": "externalid accountid customerid companyid clientid id код",
        "name": "name accountname companyname customername company клиент название",
        "domain": "domain website site сайт домен",
        "lifecycle_stage": "lifecyclestage stage lifecycle стадия этап",
        "tier": "tier touch coverage",
        "segment": "segment plantier plan сегмент",
        "owner": "owner owneremail csm csmemail manager менеджер",
        "industry": "industry sector отрасль",
        "country": "country countrycode страна",
        "language": "language locale язык",
        "customer_since": "customersince signupdate since startdate createdat датаначала",
    },
    "contact": {
        "external_id": "externalid contactid personid id код",
        "account": "account accountid customerid companyid clientid клиент",
        "name": "name fullname contactname имя фио контакт",
        "email": "email mail emailaddress почта",
        "phone": "phone mobile telephone телефон",
        "title": "title position jobtitle должность",
        "roles": "roles role роль роли",
    },
    "contract": {
        "external_id": "externalid contractid subscriptionid id номердоговора договор",
        "account": "account accountid customerid companyid clientid клиент",
        "plan": "plan plantier planname product тариф",
        "starts_on": "startson startdate start begin началo начало датаначала",
        "ends_on": "endson enddate end expires конец датаокончания",
        "mrr": "mrr mrramount monthlyamount amount сумма",
        "currency": "currency currencycode валюта",
        "seats": "seats licenses users quantity места",
        "auto_renew": "autorenew autorenewflag autorenewal автопродление",
        "notice_days": "noticedays notice noticeperiod срокуведомления уведомление",
        "notice_unit": "noticeunit noticedayunit noticedaytype единицауведомления",
        "term_months": "termmonths renewalterm termlength term сроквмесяцах срок",
        "uplift_percent": "upliftpercent uplift escalator yearlyrise индексация",
        "notice_given_on": "noticegivenon noticegiven noticedate canceledat "
        "cancelledat canceldate cancellationdate датауведомления датаотказа",
        "effective_on": "effectiveon effectivedate effectivefrom effective changedate "
        "changedon validfrom действуетс датаизменения",
    },
    "invoice": {
        "external_id": "externalid invoiceid invoicenumber number id номер счет",
        "account": "account accountid customerid companyid clientid клиент",
        "amount": "amount total sum сумма",
        "currency": "currency currencycode валюта",
        "issued_on": "issuedon issuedate invoicedate date created дата",
        "due_on": "dueon duedate срок срокоплаты",
        "paid_on": "paidon paiddate paymentdate оплачен датаоплаты",
    },
    "ticket": {
        "external_id": "externalid ticketid id номер",
        "account": "account accountid customerid companyid organizationid клиент",
        "requester": "requester requesterid contact contactid reporter автор",
        "subject": "subject title summary тема",
        "category": "category type topic категория тип",
        "severity": "severity priority приоритет",
        "status": "status state статус",
        "opened_at": "openedat submittedat createdat opened created открыт",
        "solved_at": "solvedat closedat resolvedat solved closed закрыт",
        "csat": "csat satisfactionscore satisfaction rating оценка",
        "tone": "tone sentiment тон тональность",
    },
}

# What other systems call the choices we know.
WORDS = {
    "severity": {
        "urgent": "critical",
        "blocker": "critical",
        "p1": "critical",
        "p2": "high",
        "medium": "normal",
        "p3": "normal",
        "minor": "low",
        "p4": "low",
        "критический": "critical",
        "высокий": "high",
        "средний": "normal",
        "низкий": "low",
    },
    "status": {
        "new": "open",
        "in_progress": "open",
        "on_hold": "pending",
        "waiting": "pending",
        "resolved": "solved",
        "done": "solved",
        "открыт": "open",
        "решен": "solved",
        "закрыт": "closed",
    },
    "tier": {"high_touch": "high", "mid_touch": "mid", "tech_touch": "tech"},
    "lifecycle_stage": {
        "active": "adoption",
        "customer": "adoption",
        "lost": "churned",
    },
    "notice_unit": {
        "days": "calendar",
        "calendar_days": "calendar",
        "календарные": "calendar",
        "business_days": "business",
        "working": "business",
        "working_days": "business",
        "рабочие": "business",
    },
    "roles": {"economic_buyer": "decision_maker", "admin": "user", "buyer": "billing"},
}


def guess(kind: str, header: list[str]) -> dict[str, str]:
    """Our fields to their columns, as far as the names tell; each column once."""
    free = {_bare(column): column for column in reversed(header)}
    found: dict[str, str] = {}
    for field, names in SYNONYMS[kind].items():
        match = next((name for name in names.split() if name in free), None)
        if match:
            found[field] = free.pop(match)
    return found


def choice(field: str, word: str) -> str:
    """Our word for a choice that others call otherwise."""
    return WORDS.get(field, {}).get(word, word)


def _bare(text):
    return re.sub(r"[\W_]+", "", text.lower())
