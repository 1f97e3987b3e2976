"""Schema: the tables of the outbox, as the steps that made them.

Law: a step that was published is never changed; a new one is added below it. The number of steps is the
`user_version` of the file. Must not know what is done with the tables.

Times are ISO 8601 in UTC with microseconds, so that they sort as text.
"""

# Each step is run in one transaction together with its number.
STEPS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE letter (
            id TEXT PRIMARY KEY,
            message_id TEXT NOT NULL UNIQUE,
            parent TEXT NOT NULL,            -- the Message-ID of the mail that is answered
            series TEXT NOT NULL,
            lineage TEXT NOT NULL,
            revision INTEGER NOT NULL,
            author TEXT NOT NULL,            -- of the series, in lower case
            stage TEXT NOT NULL
                CHECK (stage IN ('held', 'approved', 'sending', 'undecided', 'sent', 'dropped')),
            content TEXT NOT NULL,           -- the Letter as JSON
            held TEXT NOT NULL,
            changed TEXT NOT NULL,
            edited INTEGER NOT NULL DEFAULT 0,
            not_before TEXT,
            answered TEXT,
            replaced TEXT REFERENCES letter  -- the letter that says all of this and more
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX letter_stage ON letter (stage, held)",
        "CREATE INDEX letter_parent ON letter (parent)",
        "CREATE INDEX letter_lineage ON letter (lineage)",
        """
        CREATE TABLE claim (
            letter TEXT NOT NULL REFERENCES letter,
            fingerprint TEXT NOT NULL,
            rule TEXT NOT NULL,
            symbol TEXT NOT NULL,
            PRIMARY KEY (letter, fingerprint)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE move (
            letter TEXT NOT NULL REFERENCES letter,
            number INTEGER NOT NULL,
            before TEXT,                     -- null: it was put in
            after TEXT NOT NULL,
            who TEXT NOT NULL,
            at TEXT NOT NULL,
            why TEXT NOT NULL,
            PRIMARY KEY (letter, number)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX move_sending ON move (at) WHERE after = 'sending'",
        """
        CREATE TABLE objection (
            wish TEXT NOT NULL,
            lineage TEXT NOT NULL,
            author TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            rule TEXT NOT NULL,
            by TEXT NOT NULL,
            source TEXT NOT NULL,
            at TEXT NOT NULL,
            reason TEXT NOT NULL,
            until TEXT,
            PRIMARY KEY (source, wish, lineage, author, fingerprint, rule)
        ) STRICT, WITHOUT ROWID
        """,
    ),
    # A Message-ID that follows from patch and words alone can be put on a mail by anybody: a salt goes into
    # each, and letters that were put in before and have never been on their way get one by chance.
    (
        "CREATE TABLE salt (value TEXT NOT NULL) STRICT",
        "INSERT INTO salt VALUES (lower(hex(randomblob(32))))",
        """
        UPDATE letter
        SET message_id = lower(hex(randomblob(16))) || substr(message_id, instr(message_id, '@'))
        WHERE stage IN ('held', 'approved', 'dropped') AND json_valid(content)
            AND NOT EXISTS (SELECT 1 FROM move WHERE move.letter = letter.id AND after = 'sending')
        """,
        """
        UPDATE letter SET content = json_set(content, '$.reply.message_id', message_id)
        WHERE stage IN ('held', 'approved', 'dropped') AND json_valid(content)
            AND NOT EXISTS (SELECT 1 FROM move WHERE move.letter = letter.id AND after = 'sending')
        """,
    ),
)
