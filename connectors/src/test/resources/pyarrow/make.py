"""Writes small odd Parquet and Arrow files with pyarrow, and their rows as JSON lines.

Run in this folder with a pyarrow of its own: python3 make.py
Rows are written as Quern hands values out: decimals, dates, times and timestamps as text, binary as
hex, maps as lists of [key, value], timestamps in the unit of the column, integers past 2^53 as text.
"""
import datetime
import decimal
import json
import math
import uuid

import pyarrow as pa
import pyarrow.parquet as pq


def plain(value, kind):
    if value is None:
        return None
    if pa.types.is_dictionary(kind):
        return plain(value, kind.value_type)
    if pa.types.is_timestamp(kind) or pa.types.is_time(kind) or pa.types.is_date(kind):
        return value  # integers already, see rows()
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return value
    if pa.types.is_uint64(kind):
        return str(value)  # a decimal in Quern
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        return str(value)
    if pa.types.is_struct(kind):
        return {f.name: plain(value[f.name], f.type) for f in kind}
    if pa.types.is_map(kind):
        return [[plain(k, kind.key_type), plain(v, kind.item_type)] for k, v in value]
    if isinstance(value, list):
        return [plain(v, kind.value_type) for v in value]
    return value


def integers(column):
    """Dates, times and timestamps as integers of their unit, at any depth."""
    kind = column.type
    if pa.types.is_date32(kind) or pa.types.is_time32(kind):
        return column.view(pa.int32())
    if pa.types.is_time64(kind) or pa.types.is_timestamp(kind):
        return column.view(pa.int64())
    return column


def rows(table, name):
    columns = []
    for field in table.schema:
        column = table.column(field.name).combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], field.type)
        if isinstance(column, pa.ExtensionArray) and "uuid" not in str(column.type):
            column = column.storage
        values = integers(column).to_pylist()
        columns.append((field.name, [plain(v, field.type) for v in values]))
    with open(name + ".jsonl", "w") as out:
        for i in range(table.num_rows):
            out.write(json.dumps({n: v[i] for n, v in columns}, ensure_ascii=False) + "\n")


def parquet(name, table, **options):
    pq.write_table(table, name + ".parquet", **options)
    rows(table, name)


D = decimal.Decimal
integers_table = pa.table(
    {
        "i8": pa.array([-128, None, 127], pa.int8()),
        "i16": pa.array([-32768, None, 32767], pa.int16()),
        "i32": pa.array([-(2**31), None, 2**31 - 1], pa.int32()),
        "i64": pa.array([-(2**63), None, 2**63 - 1], pa.int64()),
        "u8": pa.array([0, None, 255], pa.uint8()),
        "u16": pa.array([0, None, 65535], pa.uint16()),
        "u32": pa.array([0, None, 2**32 - 1], pa.uint32()),
        "u64": pa.array([1, None, 2**64 - 1], pa.uint64()),
    }
)
parquet("integers", integers_table)

parquet(
    "scalars",
    pa.table(
        {
            "flag": pa.array([True, False, None]),
            "half": pa.array([1.5, None, -0.25], pa.float16()),
            "single": pa.array([0.1, float("nan"), None], pa.float32()),
            "double": pa.array([-0.0, float("inf"), None], pa.float64()),
            "text": pa.array(["", "żółć 🎬", None]),
            "bytes": pa.array([b"", b"\xff\x00", None], pa.binary()),
            "fixed": pa.array([b"abc", None, b"xyz"], pa.binary(3)),
            "nothing": pa.array([None, None, None], pa.int32()),
            "required": pa.array([1, 2, 3], pa.int32()),
            "choice": pa.array(["b", None, "a"]).dictionary_encode(),
            "id": pa.array(
                [uuid.UUID(int=1).bytes, None, uuid.UUID(int=2**128 - 1).bytes], pa.uuid()
            ),
        },
        schema=pa.schema(
            [
                ("flag", pa.bool_()),
                ("half", pa.float16()),
                ("single", pa.float32()),
                ("double", pa.float64()),
                ("text", pa.string()),
                ("bytes", pa.binary()),
                ("fixed", pa.binary(3)),
                ("nothing", pa.int32()),
                pa.field("required", pa.int32(), nullable=False),
                ("choice", pa.dictionary(pa.int32(), pa.string())),
                ("id", pa.uuid()),
            ]
        ),
    ),
)

stamp = datetime.datetime(1969, 12, 31, 23, 59, 59, 999000)
late = datetime.datetime(2262, 4, 11, 1, 2, 3)
parquet(
    "times",
    pa.table(
        {
            "date": pa.array([datetime.date(1, 1, 1), None, datetime.date(9999, 12, 31)]),
            "time_ms": pa.array([0, None, 86399999], pa.time32("ms")),
            "time_us": pa.array([0, None, 86399999999], pa.time64("us")),
            "time_ns": pa.array([0, None, 86399999999999], pa.time64("ns")),
            "ms": pa.array([stamp, None, late], pa.timestamp("ms")),
            "us": pa.array([stamp, None, late], pa.timestamp("us")),
            "ns": pa.array([stamp, None, late], pa.timestamp("ns")),
            "ms_utc": pa.array([stamp, None, late], pa.timestamp("ms", "UTC")),
            "us_utc": pa.array([stamp, None, late], pa.timestamp("us", "Europe/Warsaw")),
            "ns_utc": pa.array([stamp, None, late], pa.timestamp("ns", "UTC")),
        }
    ),
)

int96 = pa.table({"us": pa.array([stamp, None, late], pa.timestamp("us"))})
parquet("int96", int96, use_deprecated_int96_timestamps=True)

decimals = {
    "d7": pa.array([D("-12345.67"), None, D("0.01")], pa.decimal128(7, 2)),
    "d18": pa.array([D("-1234567890123456.78"), None, D("0.01")], pa.decimal128(18, 2)),
    "d38": pa.array([D("-" + "9" * 38), None, D(1)], pa.decimal128(38, 0)),
    "d76": pa.array([D("-" + "9" * 70 + ".123456"), None, D(0)], pa.decimal256(76, 6)),
}
parquet("decimals_fixed", pa.table(decimals))
parquet("decimals_integer", pa.table(decimals), store_decimal_as_integer=True)

nested_type = {
    "list": pa.list_(pa.int32()),
    "lists": pa.list_(pa.list_(pa.string())),
    "struct": pa.struct([("a", pa.int64()), ("b", pa.struct([("c", pa.string())]))]),
    "map": pa.map_(pa.string(), pa.list_(pa.int32())),
    "structs": pa.list_(pa.struct([("x", pa.int32()), ("ys", pa.list_(pa.float64()))])),
    "deep": pa.list_(pa.map_(pa.int32(), pa.struct([("l", pa.list_(pa.list_(pa.bool_())))]))),
}
nested_rows = [
    {
        "list": [1, None, 3],
        "lists": [["a", None], [], None, ["ą"]],
        "struct": {"a": 1, "b": {"c": "x"}},
        "map": [("k", [1, 2]), ("n", None), ("e", [])],
        "structs": [{"x": 1, "ys": [0.5, None]}, None, {"x": None, "ys": []}],
        "deep": [[(1, {"l": [[True, None], None, []]})], None, [], [(2, None), (3, {"l": None})]],
    },
    dict.fromkeys(nested_type),
    {
        "list": [],
        "lists": [],
        "struct": {"a": None, "b": None},
        "map": [],
        "structs": [],
        "deep": [],
    },
    {
        "list": [4],
        "lists": [[]],
        "struct": {"a": None, "b": {"c": None}},
        "map": [("z", [None])],
        "structs": [{"x": 7, "ys": None}],
        "deep": [[(9, {"l": [[False]]})]],
    },
]
nested = pa.table(
    {n: pa.array([r[n] for r in nested_rows * 3], t) for n, t in nested_type.items()}
)
for name, options in {
    "nested": {},
    "nested_small_pages": {"data_page_size": 1, "write_batch_size": 1, "row_group_size": 5},
    "nested_v2": {"data_page_version": "2.0", "version": "2.6", "compression": "zstd"},
    "nested_two_level": {"use_compliant_nested_type": False},
}.items():
    parquet(name, nested, **options)

plain_rows = pa.table(
    {
        "n": pa.array([None if i % 7 == 0 else i * 1000003 for i in range(200)], pa.int64()),
        "s": pa.array([None if i % 5 == 0 else "text %d" % (i % 13) for i in range(200)]),
        "d": pa.array([i / 3 for i in range(200)]),
        "b": pa.array([i % 3 == 0 for i in range(200)]),
    }
)
for codec in ["none", "snappy", "gzip", "zstd", "lz4"]:
    parquet("codec_" + codec, plain_rows, compression=codec, row_group_size=64)
parquet("codec_brotli", plain_rows.slice(0, 3), compression="brotli")
parquet("encoding_plain", plain_rows, use_dictionary=False)
parquet(
    "encoding_delta",
    plain_rows,
    use_dictionary=False,
    data_page_version="2.0",
    column_encoding={
        "n": "DELTA_BINARY_PACKED",
        "s": "DELTA_BYTE_ARRAY",
        "d": "BYTE_STREAM_SPLIT",
        "b": "RLE",
    },
)
parquet(
    "encoding_delta_length",
    plain_rows.select(["s"]),
    use_dictionary=False,
    column_encoding={"s": "DELTA_LENGTH_BYTE_ARRAY"},
)
parquet("no_statistics", plain_rows, write_statistics=False, row_group_size=64)
parquet("zero_rows", plain_rows.slice(0, 0))
with pq.ParquetWriter("zero_groups.parquet", plain_rows.schema):
    pass
rows(plain_rows.slice(0, 0), "zero_groups")
parquet("checksums", plain_rows, write_page_checksum=True)

# Row groups of 10: n = 0-9, 10-19, 20-29 and NULLs; f has NaN and both zeros.
pruning = pa.table(
    {
        "n": pa.array(list(range(30)) + [None] * 10, pa.int64()),
        "u": pa.array([2**32 - 1 - i for i in range(40)], pa.uint32()),
        "f": pa.array([float("nan") if i == 5 else -0.0 if i == 12 else i / 2 for i in range(40)]),
        "s": pa.array(["%c" % (ord("a") + i // 10) * 3 for i in range(40)]),
        "day": pa.array([datetime.date(2020, 1, 1 + i // 10) for i in range(40)]),
        "b": pa.array([i >= 20 for i in range(40)]),
    }
)
parquet("pruning", pruning, row_group_size=10)

binary = pa.table({"t": pa.array(["fine", "also fine"])})
bad = pa.table({"t": pa.array([b"fine", b"no\xfftext"], pa.binary())})
bad = pa.table({"t": pa.Array.from_buffers(pa.string(), 2, bad.column("t").chunk(0).buffers())})
pq.write_table(bad, "invalid_text.parquet", store_schema=False)
with pa.OSFile("invalid_text.arrow", "wb") as sink, pa.ipc.new_file(sink, bad.schema) as writer:
    writer.write_table(bad)

import pyarrow.parquet.encryption as pe


class Kms(pe.KmsClient):
    def __init__(self, config):
        super().__init__()

    def wrap_key(self, key, master):
        return key.hex().encode()

    def unwrap_key(self, wrapped, master):
        return bytes.fromhex(wrapped.decode())


for name, plaintext in {"encrypted_footer": False, "encrypted_columns": True}.items():
    properties = pe.CryptoFactory(Kms).file_encryption_properties(
        pe.KmsConnectionConfig(),
        pe.EncryptionConfiguration(
            footer_key="f", column_keys={"c": ["t"]}, plaintext_footer=plaintext
        ),
    )
    with pq.ParquetWriter(
        name + ".parquet", binary.schema, encryption_properties=properties
    ) as writer:
        writer.write_table(binary)


def arrow(name, table, stream=False, chunk=None, **options):
    new = pa.ipc.new_stream if stream else pa.ipc.new_file
    with pa.OSFile(name + ".arrow", "wb") as sink:
        with new(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
            for batch in table.to_batches(max_chunksize=chunk):
                writer.write_batch(batch)
    rows(table, name)


arrow("arrow_integers", integers_table)
arrow("arrow_nested", nested, chunk=5)
arrow("arrow_stream", plain_rows, stream=True, chunk=64)
arrow("arrow_zero_rows", plain_rows.slice(0, 0))
arrow("arrow_zstd", plain_rows, compression="zstd", chunk=64)
arrow("arrow_lz4", plain_rows, compression="lz4", chunk=64)
odd = pa.table(
    {
        "dictionary": pa.array(["x", None, "y"]).dictionary_encode(),
        "dictionaries": pa.array([["x", "x"], [None], None], pa.list_(pa.string())).cast(
            pa.list_(pa.dictionary(pa.int8(), pa.string()))
        ),
        "large": pa.array(["a", None, "ć"], pa.large_string()),
        "large_bytes": pa.array([b"a", None, b"\xff"], pa.large_binary()),
        "view": pa.array(["short", None, "longer than twelve bytes"], pa.string_view()),
        "fixed": pa.array([b"abc", None, b"xyz"], pa.binary(3)),
        "large_list": pa.array([[1], None, []], pa.large_list(pa.int16())),
        "fixed_list": pa.array([[1, 2], None, [3, None]], pa.list_(pa.int16(), 2)),
        "half": pa.array([1.5, None, -0.25], pa.float16()),
        "nothing": pa.nulls(3),
        "d": pa.array([D("1.25"), None, D("-1.00")], pa.decimal128(20, 2)),
        "d256": pa.array([D("1.25"), None, D("-1.00")], pa.decimal256(60, 2)),
    }
)
arrow("arrow_odd", odd)
duration = pa.table({"d": pa.array([1], pa.duration("s"))})
with pa.OSFile("duration.arrow", "wb") as sink, pa.ipc.new_file(sink, duration.schema) as writer:
    writer.write_table(duration)
