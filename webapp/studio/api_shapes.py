"""What goes in and out of the API, field by field; the OpenAPI schema is made from here."""

from typing import Any

from rest_framework import serializers

TEXT = 1_000_000  # letters of one file: longer ones are refused by the shelf with its own words


class Shape(serializers.Serializer[Any]):
    """Fields and nothing else: what is done with them stands in the services."""


class ProblemShape(Shape):
    code = serializers.CharField(help_text="Stable; the manual lists those of files, cases and the shelf")
    message = serializers.CharField()
    hint = serializers.CharField(allow_blank=True, help_text="What to do")
    file = serializers.CharField(required=False)
    line = serializers.IntegerField(required=False)
    column = serializers.IntegerField(required=False)
    field = serializers.CharField(required=False, help_text="Of the body that was sent")


class RefusalShape(Shape):
    problems = ProblemShape(many=True, help_text="Everything that stands against it, at once")


class FileShape(Shape):
    """One version of one file, without its text."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.CharField(source="source_file.kind")
    name = serializers.CharField(source="source_file.name")
    version = serializers.CharField()
    path = serializers.CharField()
    status = serializers.ChoiceField(["draft", "trial", "published", "retired"])
    sha256 = serializers.CharField()
    origin = serializers.ChoiceField(["folder", "studio"])
    author = serializers.CharField(source="author_name")
    published_at = serializers.DateTimeField(allow_null=True)


class VersionShape(FileShape):
    text = serializers.CharField(help_text="Byte for byte as it was written, in UTF-8")
    report = serializers.JSONField(help_text="Title, review_by, tests and problems, as found when it was published")


class FilesShape(Shape):
    count = serializers.IntegerField()
    next = serializers.IntegerField(allow_null=True, help_text="The offset of the next page")
    files = FileShape(many=True)


class PathShape(Shape):
    path = serializers.CharField()
    sha256 = serializers.CharField()
    version = serializers.CharField()


class SetShape(Shape):
    digest = serializers.CharField(help_text="Of all texts in force together: every evaluation carries it")
    since = serializers.DateTimeField()
    texts = PathShape(many=True)


class BeginShape(Shape):
    version = serializers.IntegerField(required=False, help_text="Id of a version to begin from")
    text = serializers.CharField(required=False, trim_whitespace=False, help_text="Or a text from elsewhere")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError({"version": ["Send either version or text."]})
        return attrs


class DraftShape(Shape):
    id = serializers.IntegerField(source="pk")
    kind = serializers.CharField()
    name = serializers.CharField()
    base = serializers.IntegerField(source="base_id", allow_null=True, help_text="The version it was begun from")
    state = serializers.ChoiceField(["open", "submitted", "published", "dropped"])
    revision = serializers.IntegerField()
    author = serializers.CharField(source="author_name")
    created_at = serializers.DateTimeField()


class RevisionShape(Shape):
    number = serializers.IntegerField()
    path = serializers.CharField()
    text = serializers.CharField()
    sha256 = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    editor = serializers.CharField(source="editor_name")
    saved_at = serializers.DateTimeField()


class ConflictShape(RefusalShape):
    theirs = RevisionShape(help_text="What somebody else saved meanwhile; nothing of yours was lost or kept")


class SavedShape(Shape):
    """A saved state without its text."""

    number = serializers.IntegerField()
    path = serializers.CharField()
    sha256 = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    editor = serializers.CharField(source="editor_name")
    saved_at = serializers.DateTimeField()


class DraftsShape(Shape):
    drafts = DraftShape(many=True)


class RevisionsShape(Shape):
    revisions = SavedShape(many=True)


class WholeDraftShape(DraftShape):
    newest = RevisionShape()


class SaveShape(Shape):
    text = serializers.CharField(trim_whitespace=False, allow_blank=True)
    shown = serializers.IntegerField(min_value=0, help_text="The revision you began from")


class RestoreShape(Shape):
    number = serializers.IntegerField(min_value=0, help_text="The revision to bring back")
    shown = serializers.IntegerField(min_value=0)


class StateShape(Shape):
    state = serializers.ChoiceField(["open", "dropped"])


class TextShape(Shape):
    text = serializers.CharField(trim_whitespace=False, allow_blank=True)


class JudgedShape(Shape):
    path = serializers.CharField(help_text="Where the text would stand")
    problems = ProblemShape(many=True)


class ExaminationShape(Shape):
    digest = serializers.CharField(help_text="Of the set as it would stand")
    stage = serializers.CharField(allow_blank=True)
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    finished_at = serializers.DateTimeField(allow_null=True)
    fault = serializers.CharField(allow_blank=True)
    report = serializers.JSONField(
        allow_null=True, help_text="problems, tests, failing, proofs, findings, changes, undecided, clean"
    )


class LineShape(Shape):
    kind = serializers.ChoiceField(["same", "in", "out", "gap"])
    text = serializers.CharField(allow_blank=True)
    old = serializers.IntegerField(allow_null=True)
    new = serializers.IntegerField(allow_null=True)


class LinesShape(Shape):
    lines = LineShape(many=True, help_text="Empty where nothing differs")


class ProvedShape(Shape):
    examined = serializers.BooleanField()
    equivalent = serializers.BooleanField(help_text="Proved: the same plan for every possible patient")
    changes = serializers.JSONField(help_text="item, aspect, old, new, patient")
    undecided = serializers.ListField(child=serializers.CharField())


class ProposeShape(Shape):
    shown = serializers.IntegerField(min_value=0)
    reason = serializers.CharField(max_length=1000)
    evidence = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    urgent = serializers.BooleanField(required=False, default=False, help_text="In force at once; never by a token")
    secret = serializers.CharField(required=False, allow_blank=True, default="", max_length=500, trim_whitespace=False)


class RemarkShape(Shape):
    line = serializers.IntegerField(min_value=1)
    words = serializers.CharField(max_length=1000)


class SaidShape(RemarkShape):
    author = serializers.CharField(source="author_name")
    at = serializers.DateTimeField()


class ProposalShape(Shape):
    id = serializers.IntegerField(source="pk")
    draft = serializers.IntegerField(source="draft_id")
    kind = serializers.CharField(source="draft.kind")
    name = serializers.CharField(source="draft.name")
    revision = serializers.IntegerField(source="revision.number")
    reason = serializers.CharField()
    evidence = serializers.CharField(allow_blank=True)
    urgent = serializers.BooleanField()
    submitted_by = serializers.CharField(source="submitted_by_name")
    submitted_at = serializers.DateTimeField()
    decision = serializers.ChoiceField(["", "approved", "refused", "withdrawn"])
    decided_by = serializers.CharField(source="decided_by_name", allow_blank=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    comment = serializers.CharField(allow_blank=True)
    effective_from = serializers.DateTimeField(allow_null=True)
    in_force_at = serializers.DateTimeField(allow_null=True)
    stopped = serializers.CharField(allow_blank=True)


class WholeProposalShape(ProposalShape):
    may_decide = serializers.BooleanField(help_text="You wrote nothing of it and may approve")
    opened = serializers.ListField(child=serializers.CharField(), help_text="Which differences you have opened")
    remarks = SaidShape(many=True)


class ProposalsShape(Shape):
    proposals = ProposalShape(many=True)


class VerdictShape(Shape):
    verdict = serializers.ChoiceField(["approve", "refuse"])
    comment = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    effective_from = serializers.DateTimeField(required=False, allow_null=True, default=None)
    secret = serializers.CharField(required=False, allow_blank=True, default="", max_length=500, trim_whitespace=False)


class BackShape(Shape):
    reason = serializers.CharField(max_length=1000)
    secret = serializers.CharField(required=False, allow_blank=True, default="", max_length=500, trim_whitespace=False)
