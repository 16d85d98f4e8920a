"""Python's Flight SQL clients, unmodified, against a server on a scripted engine.

usage: flight_sql.py PORT KEY FOLDER: the server asks for KEY and may touch files in FOLDER.
Ends with 0 and "all passed" where every check held.
"""

import datetime
import decimal
import sys
import threading
import time

import adbc_driver_flightsql.dbapi as flight_sql
from adbc_driver_flightsql import DatabaseOptions
import adbc_driver_manager
import pyarrow
import pyarrow.flight as flight

port, key, folder = int(sys.argv[1]), sys.argv[2], sys.argv[3]
URI = f"grpc://127.0.0.1:{port}"


def connect(**options):
    return flight_sql.connect(
        URI,
        db_kwargs={DatabaseOptions.AUTHORIZATION_HEADER.value: f"Bearer {key}", **options},
        autocommit=True,
    )


def rows_and_types():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            """SELECT GENERATE(x) AS answer, GENERATE_DETAILS(x) AS details, ARRAY[1, 2] AS a,
               CAST(1.25 AS DECIMAL(6, 2)) AS n, DATE '2026-02-03' AS d,
               TIMESTAMP '2026-02-03 04:05:06' AS t, NULL AS u, X'0aff' AS y
               FROM (VALUES ('a'), ('b')) AS v (x)"""
        )
        table = cursor.fetch_arrow_table()
    assert table.column("answer").to_pylist() == ["<a>", "<b>"], table
    assert table.column("details").to_pylist()[1]["text"] == "<b>", table
    assert table.column("details").to_pylist()[1]["finish_reason"] == "stop", table
    row = table.to_pylist()[0]
    assert row["a"] == [1, 2] and row["n"] == decimal.Decimal("1.25"), row
    assert row["d"] == datetime.date(2026, 2, 3), row
    assert row["t"] == datetime.datetime(2026, 2, 3, 4, 5, 6), row
    assert row["u"] is None and row["y"] == b"\n\xff", row


def parameters():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT GENERATE('say ' || ?), CAST(? AS DATE), CAST(? AS BIGINT) + 1",
            ["x", datetime.date(2026, 2, 3), 41],
        )
        assert cursor.fetchall() == [("<say x>", datetime.date(2026, 2, 3), 42)]
        cursor.executemany("SELECT GENERATE(?)", [["a"], ["b"]])


def definitions_and_metadata():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE VIEW v AS SELECT 1 AS id, 'x' AS name")
        cursor.execute("SELECT name FROM v")
        assert cursor.fetchone() == ("x",)
        objects = connection.adbc_get_objects(depth="columns").read_all().to_pylist()
        tables = [t for c in objects for s in c["catalog_db_schemas"] for t in s["db_schema_tables"]]
        assert [t["table_name"] for t in tables] == ["v"], objects
        assert [c["column_name"] for c in tables[0]["table_columns"]] == ["id", "name"], objects
        assert connection.adbc_get_table_types() == ["VIEW"]
        assert connection.adbc_get_table_schema("v").names == ["id", "name"]
        assert connection.adbc_get_info()["vendor_name"] == "Quern"
    with connect() as connection, connection.cursor() as cursor:
        try:
            cursor.execute("SELECT name FROM v")
            raise AssertionError("another connection sees the view")
        except adbc_driver_manager.Error as e:
            assert "'v'" in str(e) or "v" in str(e), e


def writes():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("COPY (SELECT * FROM (VALUES (1), (2), (3)) AS t (x)) TO 'python.parquet'")
        assert cursor.fetchone() == (3,)
        cursor.execute("SELECT SUM(x) FROM 'python.parquet'")
        assert cursor.fetchone() == (6,)
    import os

    assert os.path.exists(os.path.join(folder, "python.parquet"))


def errors():
    with connect() as connection, connection.cursor() as cursor:
        try:
            cursor.execute("SELECT 1,\n  nope")
            raise AssertionError("a wrong statement ran")
        except adbc_driver_manager.Error as e:
            assert "line 2, column 3" in str(e), e
            assert e.status_code == adbc_driver_manager.AdbcStatusCode.INVALID_ARGUMENT, e
    try:
        with flight_sql.connect(
            URI, db_kwargs={DatabaseOptions.AUTHORIZATION_HEADER.value: "Bearer wrong"}
        ) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        raise AssertionError("a wrong key was taken")
    except adbc_driver_manager.Error as e:
        assert e.status_code == adbc_driver_manager.AdbcStatusCode.UNAUTHENTICATED, e


def password():
    with flight_sql.connect(
        URI, db_kwargs={"username": "anyone", "password": key}, autocommit=True
    ) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 7")
        assert cursor.fetchone() == (7,)


def cancel():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT GENERATE(x) FROM (VALUES ('a'), ('SILENCE')) AS t (x)")
        threading.Timer(0.5, cursor.adbc_cancel).start()
        start = time.monotonic()
        try:
            cursor.fetchall()
            raise AssertionError("a query that never ends ended")
        except (adbc_driver_manager.Error, pyarrow.ArrowException, OSError):
            assert time.monotonic() - start < 60


def plain_flight():
    client = flight.FlightClient(URI)
    token = client.authenticate_basic_token("anyone", key)
    options = flight.FlightCallOptions(headers=[token])
    # CommandStatementQuery {query: "SELECT 5 AS five"} in an Any.
    query = b"SELECT 5 AS five"
    command = b"\x0a" + bytes([len(query)]) + query
    url = b"type.googleapis.com/arrow.flight.protocol.sql.CommandStatementQuery"
    any_command = b"\x0a" + bytes([len(url)]) + url + b"\x12" + bytes([len(command)]) + command
    info = client.get_flight_info(flight.FlightDescriptor.for_command(any_command), options)
    assert info.schema.names == ["five"], info.schema
    ticket = info.endpoints[0].ticket
    assert client.do_get(ticket, options).read_all().to_pylist() == [{"five": 5}]
    try:
        client.do_get(ticket, options).read_all()
        raise AssertionError("a result was given twice")
    except pyarrow.ArrowKeyError as e:
        assert "fetched or closed" in str(e), e
    client.close()


for check in [
    rows_and_types,
    parameters,
    definitions_and_metadata,
    writes,
    errors,
    password,
    cancel,
    plain_flight,
]:
    check()
    print(check.__name__, "passed", flush=True)
print("all passed")
