"""Comparing the package with the file."""

from drift._accepted import ACCEPTED
from drift._file import OpenAPIFile
from drift._findings import Finding
from drift._operations import compare_operations
from drift._prose import triggers
from drift._shape import At, Shapes
from drift._structs import StructComparison, is_schema, options_of, struct_name
from sunco_async import models, webhooks

__all__ = ["all_differences", "compare_package"]


def compare_package(file: OpenAPIFile) -> list[Finding]:
    """Return the differences that are not accepted, and the accepted ones that do not exist."""
    unused = set(ACCEPTED)
    left = []
    for finding in all_differences(file):
        accepting = {difference for difference in ACCEPTED if difference.covers(finding)}
        unused -= accepting
        if not accepting:
            left.append(finding)
    left += [
        Finding("package", "gone", "accepted difference", place, was=f"{change} {kind}")
        for change, kind, place in unused
    ]
    return sorted(left, key=lambda finding: (finding.place, finding.kind, str(finding)))


def all_differences(file: OpenAPIFile) -> list[Finding]:
    """Return every difference, accepted or not."""
    shapes = Shapes(file)
    structs = StructComparison(shapes)
    for name in file.schemas:
        for module in (models, webhooks):
            if struct_name(name) in module.__all__:
                at = At(f"schemas.{name}", {"$ref": f"#/components/schemas/{name}"})
                structs.compare(getattr(module, struct_name(name)), at, struct_name(name))
    _webhooks(file, structs)
    compare_operations(file, shapes, structs)
    for name in file.schemas.keys() - shapes.read:
        structs.add("new", "schema", f"schemas.{name}", "the package")
    for module in (models, webhooks):
        for name in module.__all__:
            value = getattr(module, name)
            if is_schema(value) and value.__struct_fields__ and value not in structs.compared:
                structs.add("gone", "schema", f"{module.__name__}.{name}", name)
    return structs.findings()


def _webhooks(file: OpenAPIFile, structs: StructComparison) -> None:
    """Compare the payload, and each event by its type, because there is no discriminator."""
    stated = {name: At(f"events.{name}", node) for name, node in file.events().items()}
    events = {str(option.tag): option.cls for option in options_of(webhooks.Event)}
    listed = triggers(file.content)
    structs.compare_values("trigger", models.WebhookTrigger, listed, "triggers", "WebhookTrigger")
    for name in (stated.keys() | listed) - events.keys():
        structs.add("new", "event", f"events.{name}", "the package")
    for name in events.keys() - stated.keys():
        structs.add("gone", "event", f"events.{name}", events[name].__name__)
    for name in events.keys() & stated.keys():
        structs.compare(events[name], stated[name], events[name].__name__)
    for request in file.webhooks():
        for kind, node in file.media(file.child(request.node, "requestBody")):
            place = f"webhooks.{request.method} {request.path}.body.{kind}"
            structs.compare(webhooks.WebhookPayload, At(place, node), "WebhookPayload")
