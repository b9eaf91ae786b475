using System.Data.Common;
using System.Globalization;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Custody.Sharing;

/// <summary>The rows of a shared vault.</summary>
internal static class VaultTables
{
    private const int AskedAtOnce = 500;

    private const string CustodianColumns = "SELECT id, name, key, signing, seal, wrapped, renewed, seen_at FROM custodian";

    public static VaultRow? Vault(StoreSession session)
    {
        using var command = session.Statement("SELECT generation, master, names, seal FROM vault");
        return command.Rows(ReadVault).FirstOrDefault();
    }

    /// <summary>The vault, and a custodian's way into it, as of one moment; null where one of them is absent.</summary>
    public static (VaultRow Vault, byte[] Key, byte[] Wrapped)? VaultOf(StoreSession session, string custodian)
    {
        using var command = session.Statement(
            """
            SELECT v.generation, v.master, v.names, v.seal, c.key, c.wrapped FROM vault v JOIN custodian c ON c.id = @id
                WHERE c.wrapped IS NOT NULL
            """,
            ("@id", custodian));
        var rows = command.Rows(row => (
            ReadVault(row), row.GetFieldValue<byte[]>(4), row.GetFieldValue<byte[]>(5)));
        return rows.Count == 0 ? null : rows[0];
    }

    public static void Put(StoreSession session, VaultRow vault) => session.Execute(
        """
        INSERT INTO vault VALUES (1, @generation, @master, @names, @seal) ON CONFLICT (one) DO UPDATE SET
            generation = excluded.generation, master = excluded.master, names = excluded.names, seal = excluded.seal
        """,
        ("@generation", vault.Generation), ("@master", vault.Master), ("@names", vault.Names), ("@seal", vault.Seal));

    public static CustodianRow? Custodian(StoreSession session, string id)
    {
        using var command = session.Statement($"{CustodianColumns} WHERE id = @id", ("@id", id));
        return command.Rows(Read).FirstOrDefault();
    }

    public static List<CustodianRow> Custodians(StoreSession session)
    {
        using var command = session.Statement($"{CustodianColumns} ORDER BY id");
        return command.Rows(Read);
    }

    public static void Put(StoreSession session, CustodianRow row) => session.Execute(
        """
        INSERT INTO custodian VALUES (@id, @name, @key, @signing, @seal, @wrapped, @renewed, @seen) ON CONFLICT (id) DO UPDATE SET
            name = excluded.name, key = excluded.key, signing = excluded.signing, seal = excluded.seal, wrapped = excluded.wrapped,
            renewed = excluded.renewed, seen_at = excluded.seen_at
        """,
        ("@id", row.Id), ("@name", row.Name), ("@key", row.Key), ("@signing", row.Signing), ("@seal", row.Seal),
        ("@wrapped", row.Wrapped), ("@renewed", row.Renewed), ("@seen", row.SeenAt));

    /// <summary>Persons' keys by their identifiers in hex, as they are wrapped; null for those that were erased.</summary>
    public static Dictionary<string, byte[]?> Subjects(StoreSession session, IReadOnlyList<byte[]> ids)
    {
        var found = new Dictionary<string, byte[]?>(StringComparer.Ordinal);
        foreach (var some in ids.Chunk(AskedAtOnce))
        {
            (string Name, object? Value)[] parameters =
                [.. some.Select((id, i) => (string.Create(CultureInfo.InvariantCulture, $"@p{i}"), (object?)id))];
            using var command = session.Statement(
                $"SELECT id, wrapped FROM subject WHERE id IN ({string.Join(", ", parameters.Select(one => one.Name))})", parameters);
            foreach (var (id, wrapped) in command.Rows(row =>
                (Convert.ToHexString(row.GetFieldValue<byte[]>(0)), row.IsDBNull(1) ? null : row.GetFieldValue<byte[]>(1))))
                found[id] = wrapped;
        }
        return found;
    }

    private static VaultRow ReadVault(DbDataReader row) =>
        new(row.GetInt64(0), row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3));

    private static CustodianRow Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetFieldValue<byte[]>(2), row.GetString(3), row.GetFieldValue<byte[]>(4),
        row.IsDBNull(5) ? null : row.GetFieldValue<byte[]>(5), row.GetInt64(6), row.GetInt64(7));
}
