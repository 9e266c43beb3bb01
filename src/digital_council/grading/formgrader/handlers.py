"""Handlers: formgrader's own pages behind the hub's sign-in. Marks go to the portal as whoever gives them.

What formgrader could do to files, configuration and exchanges is not offered: of its calls only those below are
there. The process has no right to any mark; it passes on the author's own token, and the portal decides.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from jupyterhub.services.auth import HubOAuthenticated
from nbgrader.apps.api import NbGraderAPI
from nbgrader.server_extensions.formgrader import apihandlers, handlers
from tornado.web import HTTPError, RequestHandler, StaticFileHandler, authenticated

from digital_council.client import Portal
from digital_council.errors import CouncilError
from digital_council.grading.formgrader import projection
from digital_council.settings import PROJECT

SECONDS = 10.0
MOST = 10_000
OWN = Path(__file__).parent
MATHJAX = PROJECT / "node_modules" / "mathjax" / "es5"
IN_PORTAL = "This is done in Digital Council's own pages for authors, not in formgrader."
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class Signed(HubOAuthenticated):  # type: ignore[misc]
    """Signed in at the hub, as somebody whom the hub lets into this service: an author."""

    request: Any
    settings: dict[str, Any]

    def prepare(self) -> None:
        if self.request.method not in ("GET", "HEAD", "OPTIONS"):
            self.check_xsrf_cookie()

    def set_default_headers(self) -> None:
        headers = {
            "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
            "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
        }  # fmt: skip
        for name, value in headers.items():
            self.set_header(name, value)

    def write_error(self, status_code: int, **said: Any) -> None:
        error = (said.get("exc_info") or (None, None))[1]
        reason = getattr(error, "log_message", None) or "Formgrader could not do this."
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(reason)

    @property
    def api(self) -> NbGraderAPI:
        """nbgrader's calls on this course, without the configuration files of whoever started the process."""
        return NbGraderAPI(self.coursedir, self.authenticator, parent=self.coursedir.parent)

    @property
    def portal(self) -> Portal:
        """The portal, asked as the author who is signed in here."""
        token = self.hub_auth.get_token(self)
        return Portal("http://portal", {"Authorization": f"token {token}"}, self.settings["portal_socket"])

    def ask(self, method: str, path: str, **sent: Any) -> Any:
        """The portal's answer; raises an error with its one line."""
        try:
            return self.portal.request(method, path, seconds=SECONDS, **sent)
        except CouncilError as error:
            raise HTTPError(502, str(error).replace("%", "%%")) from None


def signed(handler: type, **more: Any) -> Any:
    """One of formgrader's handlers behind the hub's sign-in."""
    return type(f"Signed{handler.__name__}", (Signed, handler), more)


class Refreshed(Signed):
    """A page that lists work: the gradebook is projected anew from the ledger first."""

    def prepare(self) -> None:
        super().prepare()
        if self.current_user:
            refresh(self)


def refresh(handler: Any) -> None:
    """Lay out what awaits a mark in this course now."""
    course = handler.settings["council_course"]
    units = [unit["id"] for unit in handler.ask("GET", f"courses/{course}")["units"]]
    waiting = {unit: handler.ask("GET", f"courses/{course}/units/{unit}/awaiting")["attempts"] for unit in units}
    book = handler.settings.pop("nbgrader_gradebook", None)
    handler.settings["nbgrader_gradebook"] = None
    if book is not None:
        book.close()
    projection.project(handler.settings["council_folder"], course, waiting)


def _told(handler: Any, entry: Any) -> None:
    """Send the marks of the notebook that an entry belongs to; those not given yet are left out."""
    notebook = entry.notebook
    unit, account = notebook.assignment.assignment.name, notebook.student.id
    attempt = projection.attempts(handler.settings["council_folder"]).get(f"{unit}/{account}")
    comments = {comment.name: comment.comment or "" for comment in notebook.comments}
    marks = {
        grade.name: {"points": min(grade.max_score, (grade.manual_score or 0) + (grade.extra_credit or 0)),
                     "comment": comments.get(grade.name, "")}
        for grade in notebook.grades
        if grade.manual_score is not None
    }  # fmt: skip
    if attempt is not None and marks:
        handler.ask("PUT", f"attempts/{attempt}/marks", json={"marks": marks})


class GradeHandler(Signed, apihandlers.GradeHandler):  # type: ignore[misc]
    """A mark: kept in the gradebook, then given in the ledger. The answer comes when it is there."""

    @authenticated  # type: ignore[untyped-decorator]
    def put(self, grade_id: str) -> None:
        super().put(grade_id)
        _told(self, self.gradebook.find_grade_by_id(grade_id))

    def get_json_body(self) -> dict[str, Any]:
        """The page sends its whole record, with numbers as they were typed."""
        sent = super().get_json_body() or {}
        return {name: _number(sent.get(name)) for name in ("manual_score", "extra_credit")}


class CommentHandler(Signed, apihandlers.CommentHandler):  # type: ignore[misc]
    """A comment: sent with the mark it belongs to, or once that is given."""

    @authenticated  # type: ignore[untyped-decorator]
    def put(self, comment_id: str) -> None:
        super().put(comment_id)
        _told(self, self.gradebook.find_comment_by_id(comment_id))


def _number(said: Any) -> float | None:
    if said is None or said == "":
        return None
    try:
        number = float(said)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 <= number < MOST:
        raise HTTPError(422, "A mark is a number, 0 or more.")
    return number


class AutogradeHandler(Signed, apihandlers.AutogradeHandler):  # type: ignore[misc]
    """The autograde button: the attempt is judged again by our own grader."""

    @authenticated  # type: ignore[untyped-decorator]
    def post(self, assignment_id: str, student_id: str) -> None:
        known = projection.attempts(self.settings["council_folder"])
        attempt = known.get(f"{assignment_id}/{student_id}")
        if attempt is None:
            raise HTTPError(404, "There is no attempt of theirs here.")
        state = self.ask("POST", f"attempts/{attempt}/regrade")["state"]
        log = "Digital Council's own grader has the attempt; formgrader shows marks by hand only."
        self.write(json.dumps({"success": True, "log": log, "state": state}))


class InPortal(Signed, RequestHandler):  # type: ignore[misc]
    """What is done in the portal: assigning, releasing, collecting, feedback."""

    @authenticated  # type: ignore[untyped-decorator]
    def post(self, *_: str) -> None:
        self.write(json.dumps({"success": False, "error": IN_PORTAL, "log": IN_PORTAL}))

    put = post


class Front(Signed, RequestHandler):  # type: ignore[misc]
    """The course's first page."""

    @authenticated  # type: ignore[untyped-decorator]
    def get(self) -> None:
        self.redirect(f"{self.settings['base_url'].rstrip('/')}/formgrader/gradebook")


def _reading(handler: type) -> Any:
    """A call that only tells; whatever else it could do is done in the portal."""
    return signed(handler, put=InPortal.post, post=InPortal.post)


def _page(handler: type) -> Any:
    return type(f"Refreshed{handler.__name__}", (Refreshed, handler), {})


ROUTES: list[tuple[Any, ...]] = [
    (r"/?", Front),
    (r"/formgrader/?", Front),
    (r"/formgrader/manage_assignments/?", _page(handlers.ManageAssignmentsHandler)),
    (r"/formgrader/manage_submissions/([^/]+)/?", _page(handlers.ManageSubmissionsHandler)),
    (r"/formgrader/gradebook/?", _page(handlers.GradebookAssignmentsHandler)),
    (r"/formgrader/gradebook/([^/]+)/?", _page(handlers.GradebookNotebooksHandler)),
    (r"/formgrader/gradebook/([^/]+)/([^/]+)/?", _page(handlers.GradebookNotebookSubmissionsHandler)),
    (r"/formgrader/manage_students/?", _page(handlers.ManageStudentsHandler)),
    (r"/formgrader/manage_students/([^/]+)/?", _page(handlers.ManageStudentsAssignmentsHandler)),
    (r"/formgrader/manage_students/([^/]+)/([^/]+)/?", _page(handlers.ManageStudentNotebookSubmissionsHandler)),
    (r"/formgrader/submissions/([^/]+)/?", signed(handlers.SubmissionHandler)),
    (
        r"/formgrader/submissions/(?P<submission_id>[^/]+)/(?P<action>next_incorrect|prev_incorrect|next|prev)/?",
        signed(handlers.SubmissionNavigationHandler),
    ),
    (r"/formgrader/static/(.*)", StaticFileHandler, {"path": handlers.static_path}),
    (r"/formgrader/own/(mathjax\.js)", StaticFileHandler, {"path": str(OWN / "static")}),
    (r"/formgrader/mathjax/(.*)", StaticFileHandler, {"path": str(MATHJAX)}),
    (r"/formgrader/api/status", _reading(apihandlers.StatusHandler)),
    (r"/formgrader/api/assignments", _reading(apihandlers.AssignmentCollectionHandler)),
    (r"/formgrader/api/assignment/([^/]+)", _reading(apihandlers.AssignmentHandler)),
    (r"/formgrader/api/notebooks/([^/]+)", _reading(apihandlers.NotebookCollectionHandler)),
    (r"/formgrader/api/submissions/([^/]+)", _reading(apihandlers.SubmissionCollectionHandler)),
    (r"/formgrader/api/submission/([^/]+)/([^/]+)", _reading(apihandlers.SubmissionHandler)),
    (r"/formgrader/api/submission/([^/]+)/([^/]+)/autograde", AutogradeHandler),
    (r"/formgrader/api/submitted_notebooks/([^/]+)/([^/]+)", _reading(apihandlers.SubmittedNotebookCollectionHandler)),
    (r"/formgrader/api/submitted_notebook/([^/]+)/flag", signed(apihandlers.FlagSubmissionHandler)),
    (r"/formgrader/api/grades", _reading(apihandlers.GradeCollectionHandler)),
    (r"/formgrader/api/grade/([^/]+)", GradeHandler),
    (r"/formgrader/api/comments", _reading(apihandlers.CommentCollectionHandler)),
    (r"/formgrader/api/comment/([^/]+)", CommentHandler),
    (r"/formgrader/api/students", _reading(apihandlers.StudentCollectionHandler)),
    (r"/formgrader/api/student/([^/]+)", _reading(apihandlers.StudentHandler)),
    (r"/formgrader/api/student_submissions/([^/]+)", _reading(apihandlers.StudentSubmissionCollectionHandler)),
    (
        r"/formgrader/api/student_notebook_submissions/([^/]+)/([^/]+)",
        _reading(apihandlers.StudentNotebookSubmissionCollectionHandler),
    ),
    (r"/formgrader/api/.*", InPortal),
]
