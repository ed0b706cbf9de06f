"""Tables of the store. Quantities carry their SI unit in the column name; blobs are little-endian arrays."""

from __future__ import annotations

APPLICATION_ID = 0x6F686D6C
"""Marks the file as a store of ohmloop ("ohml") in its SQLite header."""

VERSION = 1
"""Raised with every change of the tables; a store of another version is refused or migrated, never guessed at."""

TABLES = """
CREATE TABLE boards (
    serial        TEXT PRIMARY KEY,
    capabilities  TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE devices (
    hash          TEXT PRIMARY KEY,
    text          TEXT NOT NULL,
    first_armed   TEXT NOT NULL
) STRICT;

CREATE TABLE runs (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    kind          TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('running', 'paused', 'done', 'failed', 'cancelled')),
    started       TEXT NOT NULL,
    ended         TEXT,
    parameters    TEXT NOT NULL,
    origin        TEXT NOT NULL,
    summary       TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE exchanges (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    run           INTEGER NOT NULL REFERENCES runs (id),
    board         TEXT NOT NULL REFERENCES boards (serial),
    intended      TEXT NOT NULL,
    epoch         TEXT NOT NULL,
    generation    INTEGER NOT NULL,
    number        INTEGER NOT NULL,
    lease         TEXT NOT NULL,
    body_crc      INTEGER NOT NULL,
    readback      TEXT NOT NULL,
    setup         TEXT NOT NULL,
    cell_rows     BLOB NOT NULL,
    cell_cols     BLOB NOT NULL,
    amplitudes_v  BLOB NOT NULL,
    widths_s      BLOB NOT NULL,
    status        TEXT NOT NULL CHECK (status IN ('intended', 'done', 'refused', 'partial', 'uncertain')),
    settled       TEXT,
    applied       INTEGER,
    currents_a    BLOB,
    device_us     INTEGER,
    read_generation INTEGER,
    calibration   TEXT,
    note          TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX exchanges_of_a_run ON exchanges (run, board, id);

CREATE TABLE reads (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    run           INTEGER NOT NULL REFERENCES runs (id),
    board         TEXT NOT NULL REFERENCES boards (serial),
    at            TEXT NOT NULL,
    cell_rows     BLOB NOT NULL,
    cell_cols     BLOB NOT NULL,
    currents_a    BLOB NOT NULL,
    conditions    TEXT NOT NULL,
    device_us     INTEGER NOT NULL,
    epoch         TEXT NOT NULL,
    generation    INTEGER NOT NULL,
    calibration   TEXT NOT NULL
) STRICT;
CREATE INDEX reads_of_a_run ON reads (run, id);

CREATE TABLE arrays (
    run           INTEGER NOT NULL REFERENCES runs (id),
    name          TEXT NOT NULL,
    key           TEXT NOT NULL,
    dtype         TEXT NOT NULL,
    shape         TEXT NOT NULL,
    data          BLOB NOT NULL,
    PRIMARY KEY (run, name, key)
) STRICT;

CREATE TABLE events (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    run           INTEGER NOT NULL REFERENCES runs (id),
    at            TEXT NOT NULL,
    kind          TEXT NOT NULL,
    data          TEXT NOT NULL
) STRICT;
CREATE INDEX events_of_a_run ON events (run, id);
"""
