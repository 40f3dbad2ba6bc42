"""Whatever a page does, a program can do: each address that takes a POST has its operations, or a reason why not."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from satu.api.openapi import document
from tests.architecture.routes import ROUTES, Route

#: By the route: the operations that do the same.
SAME = {
    "portal:begin": {"begin_case"},
    "portal:offer-take": {"take_offer"},
    "portal:offer-decline": {"decline_offer"},
    "portal:fee": {"preview_fee"},
    "portal:questions": {"preview_questions"},
    "portal:submit": {"send_case", "send_file"},
    "portal:resubmit": {"resend_case", "send_file"},
    "portal:attach": {"send_file", "remove_file"},
    "portal:message": {"write_message"},
    "portal:object": {"object_to_refusal"},
    "portal:new-bill": {"ask_for_new_bill"},
    "portal:withdraw": {"withdraw_case"},
    "portal:wrong-fact": {"report_wrong_fact"},
    "portal:report-fact": {"report_own_fact"},
    "portal:check-bill": {"check_bill"},
    "portal:share": {"share_document"},
    "portal:share-end": {"end_share"},
    "portal:shared": {"open_share", "download_shared"},
    "portal:notices-read": {"mark_notices_read"},
    "portal:notice-open": {"mark_notice_read"},
    "portal:address-add": {"add_contact_point"},
    "portal:address-verify": {"verify_address"},
    "portal:address-remove": {"remove_address"},
    "portal:subscribe": {"choose_channel"},
    "portal:verify": {"verify_file"},
    "desk:search": {"find_people"},
    "desk:choose": {"find_people"},
    "desk:open": {"open_inquiry"},
    "desk:batch": {"preview_batch", "decide_batch"},
    "desk:keep-filter": {"keep_filter"},
    "desk:rename-filter": {"rename_filter"},
    "desk:remove-filter": {"remove_filter"},
    "desk:decide": {"decide_task", "send_task_file"},
    "desk:reopen": {"reopen_case"},
    "desk:message": {"write_task_message"},
    "desk:remove-file": {"remove_file"},
    "desk:take": {"take_task", "release_task"},
    "desk:revoke": {"revoke_licence"},
    "desk:report": {"answer_report"},
    "desk:absence": {"enter_absence"},
    "desk:absence-of": {"enter_absence"},
    "desk:end-absence": {"end_absence"},
    "desk:add-officer": {"add_officer"},
    "desk:officer": {"change_rights"},
    "desk:invite-officer": {"invite_officer"},
    "desk:suspend-officer": {"suspend_officer"},
    "desk:resume-officer": {"resume_officer"},
    "desk:setup-untold": {"tell_again", "send_message_again"},
    "desk:setup-sandbox": {"try_service"},
    "language": {"choose_language"},
}
_HERSELF = "who may do what as whom: that takes herself, with her second step; a token that is lost must not reach it"
#: By the route: why a program has no such operation.
PAGES_ONLY = {
    "desk:look": "light or dark is of her screen",
    "payment-callback": "a program calls it already: the payment provider",
    "sms-status": "a program calls it already: the SMS provider",
    "sign-in": "a token takes its place",
    "account_login": "a token takes its place",
    "sign-in-demonstration": "a token takes its place",
    "sign-out": "a token takes its place, and ends on its own page",
    "account_logout": "a token takes its place, and ends on its own page",
    "mfa_authenticate": "a token takes its place",
    "mfa_login_webauthn": "a token takes its place",
    "portal:activate": "nobody has a token before her account is open",
    "portal:recover": "nobody has a token before her account is open",
    "portal:open-with-code": "nobody has a token before her account is open",
    "account_change_password": _HERSELF,
    "account_reauthenticate": _HERSELF,
    "account_token_new": _HERSELF,
    "account_token_end": _HERSELF,
    "mfa_reauthenticate": _HERSELF,
    "mfa_reauthenticate_webauthn": _HERSELF,
    "mfa_activate_totp": _HERSELF,
    "mfa_deactivate_totp": _HERSELF,
    "mfa_add_webauthn": _HERSELF,
    "mfa_edit_webauthn": _HERSELF,
    "mfa_remove_webauthn": _HERSELF,
    "mfa_generate_recovery_codes": _HERSELF,
    "usersessions_list": _HERSELF,
    "usersessions_end": _HERSELF,
}


def takes_post(route: Route) -> bool:
    view = route.pattern.callback
    if (whole := getattr(view, "view_class", None)) is not None:
        return hasattr(whole, "post")
    request = RequestFactory().generic("TRACE", "/")
    request.user = AnonymousUser()
    answer = view(request, **{name: "" for name, _converter in route.places})
    assert answer.status_code == 405, f"{route.name} does not say which methods it takes"
    return "POST" in answer["Allow"]


@pytest.mark.filterwarnings("ignore")
def test_every_page_that_takes_something_has_its_operations_or_a_reason_why_not():
    taken = {route.name for route in ROUTES if not route.for_programs and takes_post(route)}
    assert taken == SAME.keys() | PAGES_ONLY.keys()
    assert not SAME.keys() & PAGES_ONLY.keys()


def test_every_operation_that_does_something_is_a_pages_too():
    """Both ways: what a program can do and no page, or what is renamed, is seen here."""
    told = [one for methods in document()["paths"].values() for method, one in methods.items() if method != "get"]
    assert {one["operationId"] for one in told} == set().union(*SAME.values())
