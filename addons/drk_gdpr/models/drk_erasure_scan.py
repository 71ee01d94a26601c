import base64
import binascii
import contextlib
from collections import namedtuple

from odoo import api, models
from odoo.tools import SQL

from ..tools import extract
from ..tools.scan import CHUNK, Matcher

Hit = namedtuple("Hit", "table column res_id key kind")
Hit.__doc__ = """Where a value was found: the key is the caller's, the value itself is not repeated."""

#: Ids read by one statement, so that neither the hits of a table nor its rows pile up in memory.
SLICE = 100_000
FILES = "filestore"
TEXTS = "drk_file_text"
#: Numbers, dates, truth values, ranges and addresses of computers cannot hold a name.
NO_TEXT = ("B", "D", "G", "I", "N", "R", "T")


class DrkErasureScan(models.AbstractModel):
    """Search the whole database and all files for values, in one pass and with little memory."""

    _name = "drk.erasure.scan"
    _description = "Search for Remains"

    @api.model
    def _scan(self, markers):
        """Find values wherever they stand: text, JSON and array columns of every table, files and their extracted text.

        :param markers: list of (key, kind, value), see ``tools.scan.Matcher``; name each value once
        :return: iterator of ``Hit``; a file counts as column ``datas`` of each attachment that uses it, or as table
            ``filestore`` without a number when none does
        """
        self.env.flush_all()
        matcher = Matcher((kind, value) for _key, kind, value in markers)
        self.env["drk.file.text"]._drop_gone()
        for table, column, res_id, index in self._places(matcher):
            key, kind, _value = markers[index]
            yield Hit(table, column, res_id, key, kind)

    @api.model
    def _scan_columns(self, markers, columns):
        """Find values in some columns alone.

        :param columns: dict of table to names of columns; what is no text column is passed over
        :return: iterator of ``Hit``
        """
        self.env.flush_all()
        matcher = Matcher((kind, value) for _key, kind, value in markers)
        for table, (has_id, texts, _binaries) in self._tables().items():
            wanted = [name for name in texts if name in columns.get(table, ())]
            if wanted:
                for _table, column, res_id, index in self._scan_table(matcher, table, has_id, wanted):
                    yield Hit(table, column, res_id, *markers[index][:2])

    @api.model
    def _places(self, matcher):
        yield from self._scan_files(matcher)
        for table, (has_id, texts, binaries) in sorted(self._tables().items()):
            if table in self._tables_left_out():
                continue
            if texts and table == TEXTS:
                yield from self._scan_extracted(matcher)
            elif texts:
                yield from self._scan_table(matcher, table, has_id, texts)
            for column in binaries:
                yield from self._scan_binary(matcher, table, column, has_id)

    @api.model
    def _tables_left_out(self):
        """Hook: return the tables that hold the values for a purpose that ends with the proof."""
        return {"drk_erasure_marker"}

    # ---- tables ------------------------------------------------------------------------------------------------------
    @api.model
    def _tables(self):
        """Return what can hold text: dict of table to (whether it has an id, its text columns, its binary columns)."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.relname, BOOL_OR(a.attname = 'id'),
                       ARRAY_AGG(a.attname::text ORDER BY a.attnum)
                           FILTER (WHERE COALESCE(e.typcategory, t.typcategory) NOT IN %(no_text)s AND t.typname != 'bytea'),
                       ARRAY_AGG(a.attname::text ORDER BY a.attnum) FILTER (WHERE t.typname = 'bytea')
                  FROM pg_class c
                  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                  JOIN pg_type t ON t.oid = a.atttypid
             LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
                 WHERE c.relkind IN ('r', 'm') AND c.relnamespace = current_schema()::regnamespace
              GROUP BY c.relname
                """,
                no_text=NO_TEXT,
            )
        )
        return {table: (has_id, texts or [], binaries or []) for table, has_id, texts, binaries in rows}

    @api.model
    def _scan_table(self, matcher, table, has_id, columns):
        """Yield (table, column, id, number of the value) for one table."""
        for condition in self._slices(table, has_id):
            for res_id, column, index in self._copy(matcher, table, has_id, columns, condition):
                yield table, columns[column], res_id, index

    @api.model
    def _slices(self, table, has_id):
        if not has_id:
            return [SQL("TRUE")]
        query = SQL("SELECT COALESCE(MIN(id), 0), COALESCE(MAX(id), -1) FROM %s", SQL.identifier(table))
        first, last = self.env.execute_query(query)[0]
        return [SQL("id >= %s AND id < %s", start, start + SLICE) for start in range(first, last + 1, SLICE)]

    @api.model
    def _copy(self, matcher, table, has_id, columns, condition):
        """Stream one slice of a table through the matcher.

        :return: set of (id, number of the column, number of the value)
        """
        cr = self.env.cr
        query = SQL(
            "COPY (SELECT %s, %s FROM %s WHERE %s) TO STDOUT (NULL '')",
            SQL("id") if has_id else SQL("0"),
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL.identifier(table),
            condition,
        )
        sink = _Sink(matcher)
        cr.copy_expert(cr.mogrify(query.code, query.params).decode(), sink)
        sink.flush()
        return sink.hits

    @api.model
    def _scan_extracted(self, matcher):
        """Yield the places of the files whose extracted text holds a value."""
        users_of = """
            SELECT t.checksum, ARRAY_AGG(a.id ORDER BY a.id) FROM drk_file_text t
              JOIN ir_attachment a ON a.store_fname = LEFT(t.checksum, 2) || '/' || t.checksum
             WHERE t.id = %s GROUP BY t.checksum
        """
        for _table, _column, res_id, index in self._scan_table(matcher, TEXTS, True, ["text"]):
            for checksum, users in self.env.execute_query(SQL(users_of, res_id)):
                yield from self._places_of_file(checksum, users, {index})

    @api.model
    def _scan_binary(self, matcher, table, column, has_id):
        """Yield the places in a binary column, row by row: it may hold whole files, as they are or as base64."""
        name, source = SQL.identifier(column), SQL.identifier(table)
        order = SQL("id") if has_id else SQL("ctid")
        query = SQL("SELECT ARRAY(SELECT %s::text FROM %s WHERE %s IS NOT NULL)", order, source, name)
        for row in self.env.execute_query(query)[0][0]:
            kind = SQL("int8") if has_id else SQL("tid")
            found = self.env.execute_query(SQL("SELECT %s FROM %s WHERE %s = %s::%s", name, source, order, row, kind))
            for index in self._find_in_content(matcher, bytes(found[0][0])):
                yield table, column, int(row) if has_id else 0, index

    @api.model
    def _find_in_content(self, matcher, data):
        with contextlib.suppress(binascii.Error):
            data = base64.b64decode(data, validate=True)
        found = matcher.find(data)
        if extract.needs_extraction(data[:4096]):
            text, _is_readable = self.env["drk.file.text"]._extract(data, "in the database")
            found |= matcher.find(text.encode())
        return found

    # ---- files -------------------------------------------------------------------------------------------------------
    @api.model
    def _scan_files(self, matcher):
        """Yield the places of the files whose bytes hold a value, and read the texts that files hide."""
        texts = self.env["drk.file.text"]
        for files in texts._files():
            texts._read_new([path for path, users in files if users])
            for path, users in files:
                found = self._find_in_file(matcher, path)
                if not users:
                    found |= matcher.find((texts._text_of(path)[0] or "").encode())
                yield from self._places_of_file(path.name, users, found)

    @api.model
    def _find_in_file(self, matcher, path):
        try:
            with path.open("rb") as file:
                return matcher.find_in_file(file)
        except FileNotFoundError:  # the file store was cleaned meanwhile
            return set()

    @api.model
    def _places_of_file(self, checksum, users, found):
        for place in [("ir_attachment", "datas", res_id) for res_id in users] or [(FILES, checksum, 0)]:
            for index in sorted(found):
                yield (*place, index)


class _Sink:
    """What COPY writes to: passes whole rows on in large pieces."""

    def __init__(self, matcher):
        self.matcher, self.rows, self.size, self.hits = matcher, [], 0, set()

    def write(self, row):  # pylint: disable=method-required-super
        self.rows.append(bytes(row))
        self.size += len(row)
        if self.size >= CHUNK:
            self.flush()

    def flush(self):
        chunk, self.rows, self.size = b"".join(self.rows), [], 0
        lines = None
        for index, row, column in self.matcher.locate(chunk):
            if column:  # the first one is the number of the record
                lines = lines or chunk.split(b"\n")
                self.hits.add((int(lines[row].split(b"\t", 1)[0]), column - 1, index))
