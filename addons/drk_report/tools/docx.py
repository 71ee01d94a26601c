"""Word templates: what may come in, and how a placeholder is worked out.

A template is a file that somebody was sent. It may be broken, a bomb, or written to read and change what its author could
not; so it is checked before it is opened, and its expressions run without any call, with a budget.
"""

import io
import re
import zipfile

import jinja2
import lxml.etree
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate
from jinja2 import nodes
from jinja2.sandbox import SandboxedEnvironment

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_PARTS = 2000
#: Passes through loops in one document, and characters of one value.
MAX_PASSES = 20_000
MAX_TEXT = 200_000
#: Largest whole number, and characters that all values of one document may have together.
MAX_NUMBER = 10**15
MAX_WRITTEN = 5_000_000

DOCUMENT = "word/document.xml"
#: Word would fetch these from elsewhere when the finished document is opened.
OUTSIDE = "external"
HYPERLINK = "/hyperlink"
#: What the libraries raise on a document that is not built as they think.
BROKEN = (
    *(LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError),
    *(lxml.etree.LxmlError, OpcError, PythonDocxError, zipfile.BadZipFile),
)
FILTERS = (
    *("abs", "capitalize", "count", "d", "default", "e", "escape", "first", "float", "int", "last", "length"),
    *("lower", "sort", "title", "trim", "truncate", "unique", "upper"),
)


class TemplateFaultError(Exception):
    """Something is wrong with a template.

    :param code: what it is, see ``drk.docx.template._drk_fault_text``
    :param detail: text from the template that helps to find the place
    """

    def __init__(self, code, detail=""):
        super().__init__(code)
        self.code = code
        self.detail = str(detail)[:200]


def check_file(content):
    """Refuse what is no harmless Word document.

    :param content: bytes of the file
    :raise TemplateFaultError: with the reason
    """
    if len(content) > MAX_BYTES:
        raise TemplateFaultError("too_big")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, zipfile.zlib.error) as error:
        raise TemplateFaultError("no_docx") from error


def _check_parts(archive):
    parts = archive.infolist()
    # Python's zipfile unpacks no more than the size that is declared here.
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise TemplateFaultError("bomb")
    names = {part.filename for part in parts}
    if DOCUMENT not in names or "[Content_Types].xml" not in names:
        raise TemplateFaultError("no_docx")
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
        raise TemplateFaultError("macros")
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            _check_xml(archive.read(part))
        if part.filename.lower().endswith(".rels"):
            _check_relations(archive.read(part))


def _check_xml(content):
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\x00" in content:
        raise TemplateFaultError("hostile_xml")


def _check_relations(content):
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = lxml.etree.fromstring(content, parser)
    except lxml.etree.LxmlError as error:
        raise TemplateFaultError("no_docx") from error
    if root.getroottree().docinfo.doctype:
        raise TemplateFaultError("hostile_xml")
    for relation in root.iter(lxml.etree.Element):
        found = {lxml.etree.QName(name).localname.lower(): value.strip() for name, value in relation.items()}
        is_outside = found.get("targetmode", "").lower() == OUTSIDE
        if is_outside and not found.get("type", "").lower().endswith(HYPERLINK):
            raise TemplateFaultError("outside")


class Budget:
    """Counts what a template uses up, so that no loop runs for ever and no text grows without end."""

    def __init__(self):
        self.passes = 0
        self.written = 0

    def loop(self, values):
        for value in values:
            self.passes += 1
            if self.passes > MAX_PASSES:
                raise TemplateFaultError("too_long")
            yield value

    @staticmethod
    def check(value):
        if isinstance(value, str) and len(value) > MAX_TEXT or isinstance(value, int) and abs(value) > MAX_NUMBER:
            raise TemplateFaultError("too_long")
        return value

    def count(self, value):
        self.written += len(value) if isinstance(value, str) else 20
        if self.written > MAX_WRITTEN:
            raise TemplateFaultError("too_long")
        return value


def to_precision(value, precision=0):
    return round(float(value), max(0, min(int(precision), 6)))


class Sandbox(SandboxedEnvironment):
    """Jinja for Word templates: reads values, calls nothing, builds nothing that could grow.

    :param read: function (value, name) -> value for attributes of values that are no plain data; raises TemplateFaultError
    :param show: function that writes a value as a person reads it
    """

    intercepted_binops = frozenset(("*", "**", "%", "+"))

    def __init__(self, read, show):
        self.budget = Budget()
        super().__init__(
            undefined=jinja2.StrictUndefined, autoescape=True, finalize=lambda value: self.budget.count(show(value))
        )
        self._read, self._show = read, show
        self.globals = {}
        self.filters = {name: self.filters[name] for name in FILTERS}
        self.filters |= {"join": self.join, "sum": self.add_up, "round": to_precision}
        self.filters |= {"drk_loop": self.budget.loop, "drk_check": self.budget.check}

    def join(self, values, separator=", ", attribute=None):
        """Join values as they are shown."""
        found = (self._read(value, attribute) if attribute else value for value in self.budget.loop(values))
        return self.budget.check(str(separator)[:20].join(str(self._show(value)) for value in found))

    def add_up(self, values, attribute=None):
        """Add up numbers."""
        found = (self._read(value, attribute) if attribute else value for value in self.budget.loop(values))
        return sum(float(value) for value in found)

    def _parse(self, source, name, filename):
        return Guard().visit(super()._parse(source, name, filename))

    def getattr(self, obj, attribute):
        return self._read(obj, attribute)

    def getitem(self, obj, argument):
        if isinstance(argument, int) and isinstance(obj, (list, tuple, str)):
            return super().getitem(obj, argument)
        return self._read(obj, argument)

    def is_safe_callable(self, obj):
        return False

    def call(self, context, obj, *args, **kwargs):
        raise TemplateFaultError("call")

    def call_binop(self, context, operator, left, right):
        is_sum_of_texts = operator == "+" and isinstance(left, str) and isinstance(right, str)
        if operator == "**" or not (is_sum_of_texts or _are_numbers(left, right)):
            raise TemplateFaultError("operator", operator)
        return self.budget.check(super().call_binop(context, operator, left, right))


def _are_numbers(*values):
    return all(isinstance(value, (int, float)) for value in values)


class Guard(jinja2.visitor.NodeTransformer):
    """Sets the budget into a parsed template and refuses what letters do not need."""

    def visit_For(self, node):  # noqa: N802 - the name is Jinja's
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, "drk_loop", [], [], None, None, lineno=node.lineno)
        return node

    def visit_Concat(self, node):  # noqa: N802
        self.generic_visit(node)
        return nodes.Filter(node, "drk_check", [], [], None, None, lineno=node.lineno)

    def visit_List(self, node):  # noqa: N802
        if not all(isinstance(item, nodes.Const) for item in node.items):
            raise TemplateFaultError("call")
        return node

    def visit_Tuple(self, node):  # noqa: N802
        if node.ctx == "load":
            raise TemplateFaultError("call")
        return node

    def refuse(self, node):
        """No parts from elsewhere, nothing to call, no values that hold others."""
        raise TemplateFaultError("call")

    visit_Import = visit_FromImport = visit_Include = visit_Extends = refuse  # noqa: N815
    visit_Macro = visit_CallBlock = visit_Call = visit_AssignBlock = visit_Dict = visit_Block = refuse  # noqa: N815


def render(content, values, sandbox):
    """Fill in a template.

    :param content: bytes of the template, checked by :func:`check_file`
    :param values: dict of what the template may name
    :param sandbox: :class:`Sandbox`
    :return: bytes of the document
    :raise TemplateFaultError: with what is wrong
    """
    result = io.BytesIO()
    try:
        document = DocxTemplate(io.BytesIO(content))
        document.render(values, jinja_env=sandbox, autoescape=True)
        document.save(result)
    except TemplateFaultError:
        raise
    except jinja2.TemplateSyntaxError as error:
        raise TemplateFaultError("syntax", error.message) from error
    except jinja2.UndefinedError as error:
        raise TemplateFaultError("unknown", error.message) from error
    except jinja2.sandbox.SecurityError as error:
        raise TemplateFaultError("call") from error
    except jinja2.TemplateError as error:
        raise TemplateFaultError("syntax", error.message or "") from error
    except (RecursionError, MemoryError) as error:
        raise TemplateFaultError("too_long") from error
    except BROKEN as error:
        raise TemplateFaultError("broken", type(error).__name__) from error
    return result.getvalue()


def file_name(text, taken, extension=".docx"):
    """Make a file name that every system takes and that is not taken yet.

    :param taken: set of names, extended by the new one
    """
    stem = re.sub(r"[\x00-\x1f\\/:*?\"<>|]+", " ", text).strip(" .")[:120] or "Dokument"
    name, number = stem + extension, 2
    while name.lower() in taken:
        name, number = f"{stem} ({number}){extension}", number + 1
    taken.add(name.lower())
    return name
