using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Custody;

/// <summary>
/// One key per person, wrapped under a master key. Erasing a person overwrites the key and exchanges the master key, so that neither the
/// file nor an old copy of a wrapped key opens anything again.
/// </summary>
/// <remarks>Safe from many threads. A new person's key is durable before it is given out. Erasing is O(persons).</remarks>
public sealed class SubjectVault : ISubjectVault
{
    private const int KeyBytes = 32;
    private const int CachedMax = 10_000;
    private const string File = "subjects.db";
    private const string MasterFile = "master.key";

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS subject (
            id BLOB PRIMARY KEY, wrapped BLOB, erased_at INTEGER, erased_by TEXT) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS held (
            id BLOB PRIMARY KEY, reason TEXT NOT NULL, held_by TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS vault (
            one INTEGER PRIMARY KEY CHECK (one = 1), master BLOB NOT NULL, names BLOB NOT NULL) STRICT;
        """;

    private readonly SqliteConnection _connection;
    private readonly MasterKey _master;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SubjectKey> _cached = new(StringComparer.Ordinal);
    private byte[] _nameKey = [];
    private SqliteTransaction? _transaction;

    private SubjectVault(string folder, string? masterKeyFile)
    {
        _connection = new SqliteFile(Path.Combine(folder, File)).Open();
        _master = new MasterKey(masterKeyFile ?? Path.Combine(folder, MasterFile));
    }

    /// <summary>Opens or creates a vault.</summary>
    /// <param name="folder">Where its file lies; made when missing.</param>
    /// <param name="masterKeyFile">File of the master key (mode 0600); null for one beside the vault.</param>
    /// <exception cref="EvidenceTamperedException">The master key is gone, another one, or may be read by others.</exception>
    public static SubjectVault Open(string folder, string? masterKeyFile)
    {
        var vault = new SubjectVault(folder, masterKeyFile);
        try
        {
            vault.Start();
            return vault;
        }
        catch
        {
            vault.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, SubjectKey> KeysFor(IEnumerable<string> subjects)
    {
        lock (_gate)
        {
            var keys = new Dictionary<string, SubjectKey>(StringComparer.Ordinal);
            var missing = new List<string>();
            foreach (var subject in subjects.Distinct(StringComparer.Ordinal))
            {
                if (Cached(subject) is { } known)
                    keys[subject] = known;
                else
                    missing.Add(subject);
            }
            if (missing.Count > 0)
                InOneCommit(transaction => missing.ForEach(
                    subject => keys[subject] = Current(subject) ?? Make(subject, transaction)));
            foreach (var (subject, key) in keys)
                Remember(subject, key);
            return keys;
        }
    }

    /// <inheritdoc/>
    public byte[]? Find(byte[] id)
    {
        lock (_gate)
        {
            return Wrapped(id) is { } wrapped ? _master.Unwrap(wrapped) : null;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> EraseSubject(string subject, string orderedBy, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (IsHeld(subject))
                throw new InvalidOperationException("A legal hold keeps this person's payloads.");
            var erased = new List<byte[]>();
            InOneCommit(transaction =>
            {
                for (var generation = 0; IsKnown(IdOf(subject, generation)); generation++)
                {
                    var id = IdOf(subject, generation);
                    if (Wrapped(id) is null)
                        continue;
                    erased.Add(id);
                    // First overwritten, then cleared: two changes of the same cell.
                    transaction.Execute("UPDATE subject SET wrapped = zeroblob(length(wrapped)) WHERE id = $id", ("$id", id));
                    transaction.Execute(
                        "UPDATE subject SET wrapped = NULL, erased_at = $at, erased_by = $by WHERE id = $id",
                        ("$id", id), ("$at", at.UtcTicks), ("$by", orderedBy));
                }
            });
            _cached.Remove(subject);
            RotateMaster();
            return erased;
        }
    }

    /// <inheritdoc/>
    public void RotateMaster()
    {
        lock (_gate)
        {
            _master.Exchange(Rewrap);
            Empty();
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Outstanding() => [];

    /// <inheritdoc/>
    public void Hold(string subject, string reason, string orderedBy, DateTimeOffset at)
    {
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            transaction.Execute(
                "INSERT OR REPLACE INTO held VALUES ($id, $reason, $by, $at)",
                ("$id", IdOf(subject, 0)), ("$reason", reason), ("$by", orderedBy), ("$at", at.UtcTicks));
            transaction.Commit();
        }
    }

    /// <inheritdoc/>
    public bool Lift(string subject)
    {
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            var lifted = transaction.Execute("DELETE FROM held WHERE id = $id", ("$id", IdOf(subject, 0)));
            transaction.Commit();
            return lifted > 0;
        }
    }

    /// <inheritdoc/>
    public bool IsHeld(string subject)
    {
        lock (_gate)
        {
            using var command = _connection.Statement(null, "SELECT 1 FROM held WHERE id = $id", ("$id", IdOf(subject, 0)));
            return command.ExecuteScalar() is not null;
        }
    }

    /// <summary>Whether a folder has a vault.</summary>
    internal static bool IsIn(string folder) => System.IO.File.Exists(Path.Combine(folder, File));

    /// <summary>Everything that is kept, for a vault that several processes share.</summary>
    internal VaultContents Contents()
    {
        lock (_gate)
        {
            using var subjects = _connection.Statement(null, "SELECT id, wrapped, erased_at, erased_by FROM subject");
            using var held = _connection.Statement(null, "SELECT id, reason, held_by, at FROM held");
            return new VaultContents(
                _nameKey,
                subjects.Rows(row => new VaultSubject(
                    row.GetFieldValue<byte[]>(0), row.IsDBNull(1) ? null : _master.Unwrap(row.GetFieldValue<byte[]>(1)),
                    row.IsDBNull(2) ? null : row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3))),
                held.Rows(row =>
                    new VaultHold(row.GetFieldValue<byte[]>(0), row.GetString(1), row.GetString(2), row.GetInt64(3))));
        }
    }

    /// <summary>Destroys the vault of a folder after everything in it was taken elsewhere: first what is wrapped, then the master key.</summary>
    /// <returns>The master key's file, if it lies where this process may not remove it; else null.</returns>
    /// <exception cref="IOException">A file of the vault cannot be removed.</exception>
    internal static string? Destroy(string folder, string? masterKeyFile)
    {
        var file = Path.Combine(folder, File);
        foreach (var part in new[] { file, file + "-wal", file + "-shm" }.Where(System.IO.File.Exists))
            OwnerFile.Destroy(part);
        var master = masterKeyFile ?? Path.Combine(folder, MasterFile);
        try
        {
            new MasterKey(master).Destroy();
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A mounted secret, say. What it wrapped here is gone; whoever mounted it is told.
            return master;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private void Start()
    {
        Run("PRAGMA secure_delete=ON");
        Run(Schema);
        using var command = _connection.Statement(null, "SELECT master, names FROM vault");
        var known = command.Rows(row => (Master: row.GetFieldValue<byte[]>(0), Names: row.GetFieldValue<byte[]>(1)));
        _master.Open(known.Count == 0 ? null : known[0].Master);
        if (known.Count > 0)
        {
            _nameKey = _master.Unwrap(known[0].Names);
            return;
        }
        _nameKey = RandomNumberGenerator.GetBytes(KeyBytes);
        using var transaction = _connection.BeginTransaction();
        transaction.Execute("INSERT INTO vault VALUES (1, $master, $names)", ("$master", _master.Id), ("$names", _master.Wrap(_nameKey)));
        transaction.Commit();
    }

    private void InOneCommit(Action<SqliteTransaction> write)
    {
        using var transaction = _connection.BeginTransaction();
        _transaction = transaction;
        try
        {
            write(transaction);
            transaction.Commit();
        }
        finally
        {
            _transaction = null;
        }
    }

    private SubjectKey? Cached(string subject) => _cached.GetValueOrDefault(subject);

    private void Remember(string subject, SubjectKey key)
    {
        if (_cached.Count >= CachedMax)
            _cached.Clear();
        _cached[subject] = key;
    }

    /// <summary>The newest key; null when there is none, or it was erased.</summary>
    private SubjectKey? Current(string subject)
    {
        var id = IdOf(subject, Generation(subject));
        return Wrapped(id) is { } wrapped ? new SubjectKey(id, _master.Unwrap(wrapped)) : null;
    }

    /// <summary>The first generation that is not erased: a person who comes back gets a new key.</summary>
    private int Generation(string subject)
    {
        var generation = 0;
        while (IsKnown(IdOf(subject, generation)) && Wrapped(IdOf(subject, generation)) is null)
            generation++;
        return generation;
    }

    private SubjectKey Make(string subject, SqliteTransaction transaction)
    {
        var key = new SubjectKey(IdOf(subject, Generation(subject)), RandomNumberGenerator.GetBytes(KeyBytes));
        transaction.Execute("INSERT INTO subject VALUES ($id, $wrapped, NULL, NULL)", ("$id", key.Id), ("$wrapped", _master.Wrap(key.Key)));
        return key;
    }

    private void Rewrap(Func<byte[], byte[]> unwrap, Func<byte[], byte[]> wrap, byte[] masterId)
    {
        using var transaction = _connection.BeginTransaction();
        using var all = _connection.Statement(transaction, "SELECT id, wrapped FROM subject WHERE wrapped IS NOT NULL");
        foreach (var (id, wrapped) in all.Rows(row => (row.GetFieldValue<byte[]>(0), row.GetFieldValue<byte[]>(1))))
            transaction.Execute("UPDATE subject SET wrapped = $wrapped WHERE id = $id", ("$id", id), ("$wrapped", wrap(unwrap(wrapped))));
        transaction.Execute("UPDATE vault SET master = $id, names = $names", ("$id", masterId), ("$names", wrap(_nameKey)));
        transaction.Commit();
    }

    /// <summary>Leaves nothing of the old pages in the write-ahead log.</summary>
    private void Empty() => Run("PRAGMA wal_checkpoint(TRUNCATE)");

    private bool IsKnown(byte[] id)
    {
        using var command = _connection.Statement(_transaction, "SELECT 1 FROM subject WHERE id = $id", ("$id", id));
        return command.ExecuteScalar() is not null;
    }

    private byte[]? Wrapped(byte[] id)
    {
        using var command = _connection.Statement(_transaction, "SELECT wrapped FROM subject WHERE id = $id", ("$id", id));
        return command.ExecuteScalar() as byte[];
    }

    private byte[] IdOf(string subject, int generation) => HMACSHA256.HashData(
        _nameKey, Encoding.UTF8.GetBytes(FormattableString.Invariant($"{generation}\n{subject}")))[..EvidencePayload.KeyIdBytes];

    private void Run(string statement)
    {
        using var command = _connection.Statement(null, statement);
        command.ExecuteNonQuery();
    }
}

/// <summary>Everything in a vault, in the open: for the moment in which it is wrapped elsewhere.</summary>
internal sealed record VaultContents(byte[] NameKey, IReadOnlyList<VaultSubject> Subjects, IReadOnlyList<VaultHold> Holds);

/// <summary>A person's key, or that there was one.</summary>
internal sealed record VaultSubject(byte[] Id, byte[]? Key, long? ErasedAt, string? ErasedBy);

/// <summary>A legal hold.</summary>
internal sealed record VaultHold(byte[] Id, string Reason, string By, long At);
