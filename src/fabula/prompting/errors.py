"""What can go wrong with templates."""

from fabula.core.errors import NotFound


class TemplateNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such template: look it up in the list of templates.")
