using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Custody.Sharing;

/// <summary>
/// The tables of a vault that processes share. No row opens anything: persons' keys are wrapped under a master key, and that is wrapped for
/// each custodian, whose private key is a file.
/// </summary>
public static class VaultSchema
{
    private const string Tables = """
        CREATE TABLE version (version INTEGER NOT NULL) STRICT;
        CREATE TABLE subject (id BLOB PRIMARY KEY, wrapped BLOB, erased_at INTEGER, erased_by TEXT) STRICT;
        CREATE TABLE held (id BLOB PRIMARY KEY, reason TEXT NOT NULL, held_by TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
        CREATE TABLE vault (
            one INTEGER PRIMARY KEY CHECK (one = 1), generation INTEGER NOT NULL, master BLOB NOT NULL, names BLOB NOT NULL,
            seal BLOB NOT NULL) STRICT;
        CREATE TABLE custodian (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, key BLOB NOT NULL, signing TEXT NOT NULL, seal BLOB NOT NULL, wrapped BLOB,
            renewed INTEGER NOT NULL, seen_at INTEGER NOT NULL) STRICT;
        """;

    /// <summary>The schema as this program writes it.</summary>
    public static StoreSchema Current { get; } = new("vault of persons' keys", 1, Tables, new Dictionary<int, Action<StoreSession>>());
}
