"""An inbox of messages, some of them not what they seem. Which are is not in the published table."""

# ruff: noqa: E501 - the table of messages is read across, one message a line

from __future__ import annotations

from datetime import datetime, timedelta

from digital_council.datasets.generate.borough import dice
from digital_council.datasets.generate.writing import Made, column

GENUINE, PHISHING = "genuine", "phishing"
Message = tuple[str, str, str, str, str, str, str, str]

MESSAGES: tuple[Message, ...] = (
    (GENUINE, "Payroll", "payroll@council.example", "Your March payslip is ready", "Sign in to the staff portal in the usual way to see it.", "", "", ""),
    (PHISHING, "Payroll", "payroll@council-pay.example", "Urgent: your salary is on hold", "Confirm your bank details today or you will not be paid.", "Confirm now", "https://council-pay.example/login", ""),
    (GENUINE, "Library Service", "libraries@council.example", "New opening hours from May", "All libraries open at 9.30 on Saturdays from 4 May.", "See the list", "https://www.council.example/libraries", ""),
    (PHISHING, "IT Service Desk", "helpdesk@it-council-support.example", "Mailbox full", "Your mailbox is at 99%. Sign in to keep receiving mail.", "https://www.council.example/mail", "https://mail-upgrade.example/c", ""),
    (GENUINE, "IT Service Desk", "servicedesk@council.example", "Laptops restart on Thursday night", "Save your work before you go home. You need do nothing else.", "", "", ""),
    (PHISHING, "Samir Banerjee", "samir.banerjee.council@freemail.example", "Are you at your desk?", "I am in a meeting and need you to buy gift cards for a resident. I will pay you back.", "", "", ""),
    (GENUINE, "Samir Banerjee", "samir.banerjee@council.example", "Team meeting moved to 2", "Same room, one hour later. Agenda as before.", "", "", ""),
    (PHISHING, "Parcel Office", "track@parcel-redelivery.example", "We missed you", "Pay £1.45 to have your parcel delivered again.", "Pay £1.45", "https://parcel-redelivery.example/pay", ""),
    (GENUINE, "Wexcombe Training Ltd", "bookings@wexcombe-training.example", "Your place on First Aid", "You asked for a place on 12 June. It is booked. The joining note is attached.", "", "", "joining-note.pdf"),
    (PHISHING, "Wexcombe Training Ltd", "accounts@wexc0mbe-training.example", "Change of bank details", "Please pay all invoices to our new account from today. Do not ring, our lines are down.", "", "", "new-bank-details.docm"),
    (GENUINE, "Resident", "j.thistleton@mail.example", "Missed bin, third time", "This is the third week running. When will somebody come? I attach a picture.", "", "", "bin.jpg"),
    (PHISHING, "Resident", "complaints2291@mail.example", "Complaint: see invoice", "Open the attached at once or I go to the ombudsman.", "", "", "invoice.zip"),
    (GENUINE, "Finance", "finance@council.example", "Year end: raise orders by 20 March", "Orders raised later fall into next year's budget.", "Year-end timetable", "https://intranet.council.example/year-end", ""),
    (PHISHING, "Shared Document", "no-reply@docs-share.example", "Redundancy list 2026", "A document has been shared with you. Sign in with your work password to see it.", "Open document", "https://docs-share.example/signin", ""),
    (GENUINE, "Human Resources", "hr@council.example", "Cycle to work: apply by Friday", "Forms are on the intranet under Benefits.", "", "", ""),
    (PHISHING, "Human Resources", "hr@council.example.staff-benefits.example", "You qualify for a pay rise", "Check your new grade before it expires at midnight.", "Check my grade", "https://council.example.staff-benefits.example/grade", ""),
    (GENUINE, "Democratic Services", "committees@council.example", "Agenda for Thursday", "The agenda is published. Please read item 6 before the meeting.", "Agenda", "https://www.council.example/agendas/2026-03-26", ""),
    (PHISHING, "Tax Refunds", "refunds@tax-office-refund.example", "You are owed £312.40", "Give your card number to have your refund today.", "Claim", "http://tax-office-refund.example", ""),
    (GENUINE, "Information Governance", "dpo@council.example", "Did this file go to the wrong address?", "You told us on Monday that you may have sent a file astray. Please ring extension 4412.", "", "", ""),
    (PHISHING, "Voice Message", "voicemail@phone-notify.example", "New voice message, 0:42", "Play your message by opening the attachment.", "", "", "message.html"),
    (GENUINE, "Street Services", "streets@council.example", "Gritting tonight", "Crews leave at 20:00. Duty numbers are unchanged.", "", "", ""),
    (PHISHING, "Street Services", "streets@counci1.example", "Approve my overtime", "Approve this today please, it will not let me do it myself.", "Approve", "https://counci1.example/approve", ""),
    (GENUINE, "Supplier portal", "no-reply@tenders.example", "A tender you follow has closed", "The tender 'Grounds maintenance 2026' closed at noon.", "", "", ""),
    (PHISHING, "Security Team", "security@account-verify.example", "Somebody signed in as you", "Reply with the six-digit code we have just sent to your phone.", "", "", ""),
)  # fmt: skip
"""What it is, sender's name, sender's address, subject, text, words of the link, where the link goes, attachment."""

COLUMNS = (
    column("message_id", "string", "The message's number", unique=True),
    column("received_at", "datetime", "When it came"),
    column("from_name", "string", "The sender's name as shown"),
    column("from_address", "string", "The sender's address, on reserved domains"),
    column("subject", "string", "The subject"),
    column("text", "string", "What it says"),
    column("link_text", "string", "The words of the link as shown; blank for none", required=False),
    column("link_address", "string", "Where the link really goes; blank for none", required=False),
    column("attachment", "string", "The name of the attached file; blank for none", required=False),
)


def make() -> Made:
    return Made(
        id="inbox",
        title="An inbox",
        row_is="one message",
        key=("message_id",),
        owner="Information Governance",
        description="Messages to council staff, some genuine and some phishing, to judge. council.example stands for the "
        "council's own domain.",
        columns=COLUMNS,
        rows=_rows(),
        refresh="when a new trick is seen",
        source="Written for practice.",
        keywords=("phishing", "e-mail", "security", "messages"),
    )


def verdicts() -> dict[str, str]:
    """Which message is what: for those who write lessons, and not in the table."""
    return {row[0]: message[0] for row, message in zip(_rows(), _order(), strict=True)}


def _order() -> list[Message]:
    return dice("inbox").sample(MESSAGES, len(MESSAGES))


def _rows() -> list[list[str]]:
    random = dice("inbox-times")
    at = datetime(2026, 3, 23, 8, 4)
    rows = []
    for number, (_, *said) in enumerate(_order(), 1):
        at += timedelta(minutes=random.randint(3, 140))
        rows.append([f"M{number:02}", at.isoformat(), *said])
    return rows
