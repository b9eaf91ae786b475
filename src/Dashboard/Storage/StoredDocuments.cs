using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>Documents as rows, for several processes.</summary>
internal sealed class StoredDocuments(StoreEngine engine) : StoredTables(engine, Schema), IDocuments
{
    private const string Tables = """
        CREATE TABLE version (version INTEGER NOT NULL) STRICT;
        CREATE TABLE document (name TEXT PRIMARY KEY, revision INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
        """;

    public static StoreSchema Schema { get; } = new("store of documents", 1, Tables, new Dictionary<int, Action<StoreSession>>());

    public IReadOnlyList<string> Names(string beginning) => List(
        "SELECT name FROM document WHERE substr(name, 1, @a) = @b ORDER BY name", row => row.GetString(0), beginning.Length, beginning);

    public byte[]? Read(string name) =>
        One("SELECT body FROM document WHERE name = @a", row => row.GetFieldValue<byte[]>(0), name);

    public string MarkOf(string name) => One(
        "SELECT revision FROM document WHERE name = @a", row => FormattableString.Invariant($"{row.GetInt64(0)}"), name) ?? "";

    public void Change(string name, Func<byte[]?, byte[]> change) => Engine.Write(session =>
    {
        var before = One(session, "SELECT body FROM document WHERE name = @a", row => row.GetFieldValue<byte[]>(0), name);
        return session.Execute(
            """
            INSERT INTO document (name, revision, body) VALUES (@a, 1, @b)
            ON CONFLICT (name) DO UPDATE SET revision = document.revision + 1, body = @b
            """, Named(name, change(before)));
    });

    public bool Remove(string name) => Run("DELETE FROM document WHERE name = @a", name) == 1;
}
