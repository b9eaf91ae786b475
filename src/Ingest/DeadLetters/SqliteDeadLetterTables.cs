namespace SentinelHealth.Ingest.DeadLetters;

/// <summary>The statements of the dead-letter store.</summary>
internal static class SqliteDeadLetterTables
{
    public const int SchemaVersion = 1;

    // The partial index finds the oldest letter that still has its payload without walking over those that lost it.
    public const string Tables =
        """
        CREATE TABLE letters(
          number INTEGER PRIMARY KEY AUTOINCREMENT, stored_at INTEGER NOT NULL, source TEXT NOT NULL, place TEXT NOT NULL,
          reason TEXT NOT NULL, detail TEXT NOT NULL, byte_position INTEGER NOT NULL,
          payload BLOB NOT NULL, payload_kept INTEGER NOT NULL, payload_bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
          times_seen INTEGER NOT NULL DEFAULT 1, UNIQUE(source, place, sha256));
        CREATE INDEX letters_with_payload ON letters(number) WHERE payload_kept > 0;
        CREATE TABLE totals(
          one INTEGER PRIMARY KEY CHECK (one = 1), letters INTEGER NOT NULL, payload_kept INTEGER NOT NULL,
          payloads_dropped INTEGER NOT NULL, letters_forgotten INTEGER NOT NULL);
        INSERT INTO totals VALUES (1, 0, 0, 0, 0);
        CREATE TRIGGER letter_stored AFTER INSERT ON letters BEGIN
          UPDATE totals SET letters = letters + 1, payload_kept = payload_kept + new.payload_kept;
        END;
        CREATE TRIGGER payload_dropped AFTER UPDATE OF payload_kept ON letters BEGIN
          UPDATE totals SET payload_kept = payload_kept - old.payload_kept, payloads_dropped = payloads_dropped + 1;
        END;
        CREATE TRIGGER letter_forgotten AFTER DELETE ON letters BEGIN
          UPDATE totals SET letters = letters - 1, payload_kept = payload_kept - old.payload_kept,
            letters_forgotten = letters_forgotten + 1;
        END;
        """;

    public const string Insert =
        """
        INSERT INTO letters(stored_at, source, place, reason, detail, byte_position, payload, payload_kept, payload_bytes, sha256)
        VALUES ($at, $source, $place, $reason, $detail, $position, $payload, $kept, $bytes, $sha256)
        ON CONFLICT(source, place, sha256) DO UPDATE SET times_seen = times_seen + 1
        """;

    public const string DropOldestPayload =
        """
        UPDATE letters SET payload = x'', payload_kept = 0
        WHERE number = (SELECT number FROM letters WHERE payload_kept > 0 ORDER BY number LIMIT 1)
        """;

    public const string ForgetOldest =
        "DELETE FROM letters WHERE number IN (SELECT number FROM letters ORDER BY number LIMIT $surplus)";

    /// <summary>Came later than the first version of this store, so it is made beside it when it is missing.</summary>
    public const string Replays =
        "CREATE TABLE IF NOT EXISTS replays(number INTEGER PRIMARY KEY, replayed_at INTEGER NOT NULL, is_resolved INTEGER NOT NULL)";

    public const string NoteReplay =
        """
        INSERT INTO replays VALUES ($number, $at, $resolved)
        ON CONFLICT(number) DO UPDATE SET replayed_at = $at, is_resolved = max(is_resolved, $resolved)
        """;

    public const string Older =
        """
        SELECT letters.number, stored_at, source, place, reason, detail, byte_position, payload, payload_bytes, sha256, times_seen,
          replayed_at, is_resolved
        FROM letters LEFT JOIN replays ON replays.number = letters.number
        WHERE letters.number < $before ORDER BY letters.number DESC LIMIT $lettersMax
        """;

    public const string After =
        """
        SELECT number, stored_at, source, place, reason, detail, byte_position, payload, payload_bytes, sha256, times_seen
        FROM letters WHERE number > $after ORDER BY number LIMIT $lettersMax
        """;

    public const string Newest =
        """
        SELECT number, stored_at, source, place, reason, detail, byte_position, payload, payload_bytes, sha256, times_seen
        FROM letters ORDER BY number DESC LIMIT $lettersMax
        """;
}
