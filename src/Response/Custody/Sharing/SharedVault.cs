using System.Security.Cryptography;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Custody.Sharing;

/// <summary>
/// One key per person, in a database that several processes share, wrapped under a master key that lies there only wrapped for each
/// custodian: a process with a private key in a file of its own. An erasure destroys the person's key, exchanges the master key, and makes
/// every custodian replace its own key; from then on neither the database nor any copy of it opens what was erased.
/// </summary>
/// <remarks>
/// Safe from many threads and processes. Each process looks at the generation of the master key once a second (<see cref="Look"/>) and
/// keeps persons' keys for no longer than <see cref="KnownFor"/> without having looked: so long after an erasure elsewhere a key may still
/// be used, and no longer.
/// </remarks>
public sealed partial class SharedVault : ISubjectVault
{
    /// <summary>For how long a process goes on without having looked whether the master key was exchanged.</summary>
    public static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(2);

    private const int CachedMax = 10_000;
    private const int AttemptsMax = 5;

    private readonly StoreEngine _engine;
    private readonly CustodianPair _pair;
    private readonly CustodySeal _seal;
    private readonly string _id;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SubjectKey> _bySubject = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _byId = new(StringComparer.Ordinal);
    private OpenMaster? _master;
    private long? _lookedAt;

    private SharedVault(StoreEngine engine, string folder, string id, byte[]? secret, TimeProvider clock) =>
        (_engine, _pair, _seal, _id, _clock) = (engine, new CustodianPair(folder), new CustodySeal(secret), id, clock);

    /// <summary>Whether this process was given the master key.</summary>
    public bool IsAdmitted => _engine.Read(session => Current(session)) is not null;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, SubjectKey> KeysFor(IEnumerable<string> subjects)
    {
        var keys = new Dictionary<string, SubjectKey>(StringComparer.Ordinal);
        var missing = new List<string>();
        foreach (var subject in subjects.Distinct(StringComparer.Ordinal))
        {
            if (Cached(_bySubject, subject) is { } known)
                keys[subject] = known;
            else
                missing.Add(subject);
        }
        if (missing.Count == 0)
            return keys;
        var (generation, had) = _engine.Write(session =>
        {
            var master = Needed(session);
            return (master.Generation, Have(session, master, missing));
        });
        foreach (var (subject, key) in had)
        {
            keys[subject] = key;
            Remember(_bySubject, generation, subject, key);
        }
        return keys;
    }

    /// <inheritdoc/>
    public byte[]? Find(byte[] id)
    {
        ArgumentNullException.ThrowIfNull(id);
        var name = Convert.ToHexString(id);
        if (Cached(_byId, name) is { } known)
            return known;
        for (var attempt = 0; ; attempt++)
        {
            var (master, generation, wrapped) = _engine.Read(session => Wrapped(session, id));
            // The master key was exchanged between the two readings.
            if (master.Generation != generation && attempt < AttemptsMax)
                continue;
            var key = wrapped is null ? null : master.Unwrap(wrapped);
            if (key is not null)
                Remember(_byId, generation, name, key);
            return key;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> EraseSubject(string subject, string orderedBy, DateTimeOffset at)
    {
        var erased = _engine.EraseAsync(
            "subject",
            session =>
            {
                var master = Needed(session);
                if (IsHeld(session, master, subject))
                    throw new InvalidOperationException("A legal hold keeps this person's payloads.");
                var gone = Destroy(session, master, subject, (orderedBy, at));
                Exchange(session, master);
                return gone;
            },
            CancellationToken.None).GetAwaiter().GetResult();
        Look();
        return erased;
    }

    /// <inheritdoc/>
    public void RotateMaster()
    {
        _engine.EraseAsync(
            "subject",
            session =>
            {
                Exchange(session, Needed(session));
                return true;
            },
            CancellationToken.None).GetAwaiter().GetResult();
        Look();
    }

    /// <inheritdoc/>
    public void Hold(string subject, string reason, string orderedBy, DateTimeOffset at) => _engine.Write(session =>
        session.Execute(
            """
            INSERT INTO held VALUES (@id, @reason, @by, @at) ON CONFLICT (id) DO UPDATE SET
                reason = excluded.reason, held_by = excluded.held_by, at = excluded.at
            """,
            ("@id", Needed(session).IdOf(subject, 0)), ("@reason", reason), ("@by", orderedBy), ("@at", at.UtcTicks)));

    /// <inheritdoc/>
    public bool Lift(string subject) => _engine.Write(session =>
        session.Execute("DELETE FROM held WHERE id = @id", ("@id", Needed(session).IdOf(subject, 0)))) > 0;

    /// <inheritdoc/>
    public bool IsHeld(string subject) => _engine.Read(session => IsHeld(session, Needed(session), subject));

    /// <inheritdoc/>
    public void Dispose()
    {
        _engine.Dispose();
        _lock?.Dispose();
    }

    private static Dictionary<string, SubjectKey> Have(StoreSession session, OpenMaster master, IReadOnlyList<string> subjects)
    {
        var keys = new Dictionary<string, SubjectKey>(StringComparer.Ordinal);
        var made = new List<SubjectKey>();
        var open = subjects.ToList();
        for (var times = 0; open.Count > 0; times++)
        {
            var ids = open.ToDictionary(subject => subject, subject => master.IdOf(subject, times), StringComparer.Ordinal);
            var found = VaultTables.Subjects(session, [.. ids.Values]);
            foreach (var (subject, id) in ids)
            {
                var isKnown = found.TryGetValue(Convert.ToHexString(id), out var wrapped);
                if (isKnown && wrapped is null)
                    continue;
                keys[subject] = new SubjectKey(id, wrapped is null ? OpenMaster.NewKey() : master.Unwrap(wrapped));
                if (!isKnown)
                    made.Add(keys[subject]);
            }
            open.RemoveAll(keys.ContainsKey);
        }
        session.PostEach(
            "INSERT INTO subject (id, wrapped) VALUES (@id, @wrapped)", made, ("@id", key => key.Id), ("@wrapped", key => master.Wrap(key.Key)));
        if (made.Count > 0)
            Confirm(session, master);
        return keys;
    }

    private static List<byte[]> Destroy(
        StoreSession session, OpenMaster master, string subject, (string By, DateTimeOffset At) order)
    {
        var gone = new List<byte[]>();
        for (var times = 0; ; times++)
        {
            var id = master.IdOf(subject, times);
            if (!VaultTables.Subjects(session, [id]).TryGetValue(Convert.ToHexString(id), out var wrapped))
                return gone;
            if (wrapped is null)
                continue;
            gone.Add(id);
            session.Execute(
                "UPDATE subject SET wrapped = NULL, erased_at = @at, erased_by = @by WHERE id = @id",
                ("@id", id), ("@at", order.At.UtcTicks), ("@by", order.By));
        }
    }

    private static bool IsHeld(StoreSession session, OpenMaster master, string subject)
    {
        using var command = session.Statement("SELECT 1 FROM held WHERE id = @id", ("@id", master.IdOf(subject, 0)));
        return command.ExecuteScalar() is not null;
    }

    /// <summary>Wraps everything under a new master key, and that for every custodian that is one.</summary>
    private void Exchange(StoreSession session, OpenMaster master)
    {
        var next = OpenMaster.New(master.Generation + 1, master.NameKey);
        using (var all = session.Statement("SELECT id, wrapped FROM subject WHERE wrapped IS NOT NULL"))
        {
            session.PostEach(
                "UPDATE subject SET wrapped = @wrapped WHERE id = @id",
                all.Rows(row => (Id: row.GetFieldValue<byte[]>(0), Wrapped: row.GetFieldValue<byte[]>(1))),
                ("@id", row => row.Id), ("@wrapped", row => next.Wrap(master.Unwrap(row.Wrapped))));
        }
        Put(session, next);
        foreach (var row in VaultTables.Custodians(session).Where(row => row.Wrapped is not null))
            VaultTables.Put(session, row with { Wrapped = _seal.IsOf(row) ? next.For(row.Id, row.Key) : null });
        Confirm(session, next);
    }

    /// <summary>
    /// The last thing before a commit of anything wrapped: the key it was wrapped under is the one that the vault names. What was wrapped
    /// under another would open nowhere, for ever.
    /// </summary>
    /// <exception cref="EvidenceTamperedException">It is not; the transaction must not be committed.</exception>
    private static void Confirm(StoreSession session, OpenMaster master)
    {
        if (VaultTables.Vault(session) is not { } vault || vault.Generation != master.Generation
            || !KeyWrap.IdOf(master.Key).AsSpan().SequenceEqual(vault.Master))
            throw new EvidenceTamperedException("The vault of persons' keys names another master key than this process wraps them under.");
    }

    private void Put(StoreSession session, OpenMaster master)
    {
        var (id, names) = (KeyWrap.IdOf(master.Key), master.Wrap(master.NameKey));
        VaultTables.Put(session, new VaultRow(master.Generation, id, names, _seal.OfVault(master.Generation, id, names)));
    }

    private T? Cached<T>(Dictionary<string, T> cache, string name) where T : class
    {
        lock (_gate)
            return _lookedAt is { } at && _clock.GetElapsedTime(at) < KnownFor ? cache.GetValueOrDefault(name) : null;
    }

    /// <summary>What was found under a master key that is no longer in use may have been erased meanwhile.</summary>
    private void Remember<T>(Dictionary<string, T> cache, long generation, string name, T key)
    {
        lock (_gate)
        {
            if (_master?.Generation != generation)
                return;
            if (cache.Count >= CachedMax)
                cache.Clear();
            cache[name] = key;
        }
    }

    private (OpenMaster Master, long Generation, byte[]? Wrapped) Wrapped(StoreSession session, byte[] id)
    {
        var at = _clock.GetTimestamp();
        // One statement, because each sees a moment of its own.
        using var command = session.Statement(
            "SELECT v.generation, s.wrapped FROM vault v LEFT JOIN subject s ON s.id = @id", ("@id", id));
        var rows = command.Rows(row =>
            (Generation: row.GetInt64(0), Wrapped: row.IsDBNull(1) ? null : row.GetFieldValue<byte[]>(1)));
        var master = rows.Count == 0 ? null : Known(rows[0].Generation, at);
        return (master ?? Needed(session), rows.Count == 0 ? 0 : rows[0].Generation, rows.Count == 0 ? null : rows[0].Wrapped);
    }

    /// <summary>The master key, if it is of a generation that was read at a moment.</summary>
    private OpenMaster? Known(long generation, long at)
    {
        lock (_gate)
        {
            if (_master?.Generation != generation)
                return null;
            _lookedAt = at;
            return _master;
        }
    }

    /// <summary>
    /// A master key that this process has just opened, or the equal one that another thread opened before it. One that is older than the
    /// newest known is its caller's alone: a slow reading does not bring back what was exchanged.
    /// </summary>
    private OpenMaster Taken(OpenMaster opened, long at)
    {
        lock (_gate)
        {
            if (_master is { } known && known.Generation >= opened.Generation)
            {
                if (known.Generation > opened.Generation)
                    return opened;
                _lookedAt = at;
                return known;
            }
            ForgetAlone();
            (_master, _lookedAt) = (opened, at);
            return opened;
        }
    }

    private void Forget()
    {
        lock (_gate)
            ForgetAlone();
    }

    /// <summary>
    /// Nothing that was opened under an earlier master key is remembered. The key itself is not overwritten here: other threads may be
    /// wrapping under it at this moment, and what they commit would lie under zeros.
    /// </summary>
    private void ForgetAlone()
    {
        _bySubject.Clear();
        _byId.Clear();
        (_master, _lookedAt) = (null, null);
    }
}
