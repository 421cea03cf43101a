"""The one reader of YAML that people hand in: mappings, plans, sentences. It runs, expands and nests nothing.

Files of the project itself are read by `warehouse.files.declaration`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from warehouse.files import LOADER

MOST_BYTES = 2**20
MOST_DEPTH = 10
_OPENS = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_CLOSES = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)
_REFERENCES = (yaml.AliasToken, yaml.AnchorToken, yaml.TagToken)


class YamlRefusedError(ValueError):
    """A YAML file that is not read; the message says where and what to do, and begins with the file's name."""

    def __init__(self, name: str, line: int, what: str) -> None:
        super().__init__(f"{name}{f', line {line}' if line else ''}: {what}")
        self.line = line


def read_yaml(path: Path) -> yaml.Node | None:
    """The document in a file as nodes, each with its line, or None. Raises YamlRefusedError or OSError."""
    if path.stat().st_size > MOST_BYTES:
        raise YamlRefusedError(path.name, 0, f"it is larger than {MOST_BYTES >> 20} MiB, which no such file is")
    return yaml_nodes(path.read_bytes(), path.name)


def yaml_nodes(content: bytes, name: str) -> yaml.Node | None:
    """The document in the bytes of the file called `name`, as `read_yaml` gives it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise YamlRefusedError(name, 0, "it is not UTF-8 text: save it as UTF-8") from None
    try:
        depth = 0
        # the tokens first: nothing is built of a document before all of it was found harmless
        for token in yaml.scan(text, Loader=LOADER):
            depth += isinstance(token, _OPENS) - isinstance(token, _CLOSES)
            line = token.start_mark.line + 1
            if depth > MOST_DEPTH:
                raise YamlRefusedError(name, line, f"nested too deeply: {MOST_DEPTH} levels at most")
            if isinstance(token, _REFERENCES):
                raise YamlRefusedError(name, line, "references (&, *) and tags (!) are not read: write the value out")
        root = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlRefusedError(
            name,
            mark.line + 1 if mark else 0,
            "it cannot be read: this is not YAML. Look at this line and the one above it for a missing space after a "
            "colon, a bracket or quotation mark that is not closed, a tab, or a text with a colon in it that needs "
            "quotation marks",
        ) from None
    except yaml.YAMLError:
        raise YamlRefusedError(name, 0, "it cannot be read: it holds characters that no text has") from None
    for node in _nodes(root):
        if isinstance(node, yaml.MappingNode):
            for key, _ in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    raise YamlRefusedError(name, key.start_mark.line + 1, "a name is one word or text, no list")
    return root


def _nodes(root: yaml.Node | None) -> Iterator[yaml.Node]:
    waiting = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, yaml.MappingNode):
            waiting += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value


def as_written(node: yaml.Node | None) -> Any:
    """The document as dictionaries, lists and text, every value as it is written: yes, 01 and dates are text."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: as_written(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [as_written(each) for each in node.value]
    return None if node is None else node.value
