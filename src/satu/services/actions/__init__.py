"""The only writers of cases. Each event of a case is its audit entry: who, when, what."""

from satu.services.actions.advancing import advance_case, reconcile_pending
from satu.services.actions.applicant import report_wrong_fact, withdraw_case
from satu.services.actions.attaching import attach, attach_to_task, open_attachment, remove_attachment
from satu.services.actions.batching import batch_items, decide_batch
from satu.services.actions.correcting import answer_report, look_at_own_fact, open_report, report_own_fact
from satu.services.actions.deciding import decide_task, open_task
from satu.services.actions.lapsing import look_after_tasks, remind_of_corrections
from satu.services.actions.objecting import object_to_refusal, reopen_case
from satu.services.actions.offering import decline_offer, offer_case, take_offer
from satu.services.actions.paying import ask_for_new_bill, bill_lapsed, fee_was_paid, fee_was_refunded
from satu.services.actions.sending import resubmit_case, send_case, start_case
from satu.services.actions.sharing import keep_filter, release_task, remove_filter, rename_filter, take_task
from satu.services.actions.standing_still import stop_unexpected
from satu.services.actions.talking import post_message, post_task_message, read_messages, read_task_messages
from satu.services.actions.waiting import end_waits

__all__ = [
    "advance_case",
    "answer_report",
    "ask_for_new_bill",
    "attach",
    "attach_to_task",
    "batch_items",
    "bill_lapsed",
    "decide_batch",
    "decide_task",
    "decline_offer",
    "end_waits",
    "fee_was_paid",
    "fee_was_refunded",
    "keep_filter",
    "look_after_tasks",
    "look_at_own_fact",
    "object_to_refusal",
    "offer_case",
    "open_attachment",
    "open_report",
    "open_task",
    "post_message",
    "post_task_message",
    "read_messages",
    "read_task_messages",
    "reconcile_pending",
    "release_task",
    "remind_of_corrections",
    "remove_attachment",
    "remove_filter",
    "rename_filter",
    "reopen_case",
    "report_own_fact",
    "report_wrong_fact",
    "resubmit_case",
    "send_case",
    "start_case",
    "stop_unexpected",
    "take_offer",
    "take_task",
    "withdraw_case",
]
