using System.Security.Cryptography;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Custody.Sharing;

/// <content>Who holds the master key, how another process gets it, and how each lets go of the one before.</content>
public sealed partial class SharedVault
{
    /// <summary>Says that this process has seen a sealed vault, and will not take one without a seal for it again.</summary>
    private const string SealedFile = "custody.sealed";

    private const string LockFile = "custody.lock";

    private static readonly TimeSpan SeenEvery = TimeSpan.FromSeconds(10);

    /// <summary>Who was seen within this is there: six times as long as between two signs of life.</summary>
    private static readonly TimeSpan PresentFor = TimeSpan.FromMinutes(1);

    /// <summary>One look after another: each may replace the pair of keys.</summary>
    private readonly Lock _looking = new();
    private string _folder = "";
    private FileStream? _lock;

    /// <summary>Opens the vault as a custodian, or as one that asks to be (<see cref="IsAdmitted"/>).</summary>
    /// <param name="engine">The database, which is closed with the vault.</param>
    /// <param name="folder">Where this process's private key lies; made when missing.</param>
    /// <param name="self">Who asks: its signing key for the evidence log, and what people call it.</param>
    /// <param name="secret">A secret that all processes have and the database has not; null for none.</param>
    /// <param name="clock">Real time.</param>
    /// <exception cref="EvidenceTamperedException">This process's private key is gone, or may be read by others.</exception>
    /// <exception cref="IOException">Another process has the folder, or the database cannot be used.</exception>
    public static SharedVault Open(
        StoreEngine engine, string folder, (EvidenceKey Signing, string Name) self, byte[]? secret, TimeProvider clock)
    {
        var vault = Beside(engine, folder, self.Signing.Id, secret, clock);
        try
        {
            // Before anything is done to the keys in the folder: they are one process's.
            vault._lock = new FileStream(
                Path.Combine(folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            VaultSchema.Current.Prepare(engine);
            vault.Register(self.Signing, self.Name);
            return vault;
        }
        catch
        {
            vault.Dispose();
            throw;
        }
    }

    /// <summary>Opens the vault for reading beside the process that a folder belongs to.</summary>
    /// <param name="engine">The database, which is closed with the vault.</param>
    /// <param name="folder">That process's folder.</param>
    /// <param name="id">The identifier of its signing key.</param>
    /// <param name="secret">As for <see cref="Open"/>.</param>
    /// <param name="clock">Real time.</param>
    public static SharedVault Beside(StoreEngine engine, string folder, string id, byte[]? secret, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(clock);
        return new SharedVault(engine, folder, id, secret, clock) { _folder = folder };
    }

    /// <summary>Makes the vault, if there is none: with nobody's keys, or with those of a vault in files.</summary>
    /// <returns>False when there is one.</returns>
    internal bool TryBegin(VaultContents? contents) => _engine.Write(session =>
    {
        if (VaultTables.Vault(session) is not null)
            return false;
        var master = OpenMaster.New(1, contents?.NameKey ?? OpenMaster.NewKey());
        session.PostEach(
            "INSERT INTO subject (id, wrapped) VALUES (@id, @wrapped)", (contents?.Subjects ?? []).Where(one => one.Key is not null),
            ("@id", one => one.Id), ("@wrapped", one => master.Wrap(one.Key!)));
        session.PostEach(
            "INSERT INTO subject (id, erased_at, erased_by) VALUES (@id, @at, @by)", (contents?.Subjects ?? []).Where(one => one.Key is null),
            ("@id", one => one.Id), ("@at", one => one.ErasedAt ?? 0), ("@by", one => one.ErasedBy ?? ""));
        session.PostEach(
            "INSERT INTO held VALUES (@id, @reason, @by, @at)", contents?.Holds ?? [],
            ("@id", one => one.Id), ("@reason", one => one.Reason), ("@by", one => one.By), ("@at", one => one.At));
        Put(session, master);
        var own = VaultTables.Custodian(session, _id)!;
        VaultTables.Put(session, own with { Wrapped = master.For(_id, own.Key), Renewed = master.Generation });
        return true;
    });

    /// <summary>Whether the vault was begun with the keys of one in files.</summary>
    internal bool Has(VaultContents contents) =>
        _engine.Read(session => Current(session)) is { } master && master.NameKey.AsSpan().SequenceEqual(contents.NameKey);

    /// <summary>
    /// To be called once a second: takes note of an exchange of the master key, replaces this process's own key after it, gives the master
    /// key to processes that ask for it and belong to the cluster, and says that this one is there.
    /// </summary>
    public void Look()
    {
        lock (_looking)
            LookAlone();
    }

    private void LookAlone()
    {
        var (master, rows) = _engine.Read(session => (Current(session), VaultTables.Custodians(session)));
        if (master is null || rows.Find(row => row.Id == _id) is not { } own)
            return;
        if (own.Renewed < master.Generation)
            Renew(own);
        var now = _clock.GetUtcNow();
        if (rows.Any(IsCandidate) || IsUnsealed() || now.UtcTicks - own.SeenAt >= SeenEvery.Ticks)
            _engine.Write(session =>
            {
                Admit(session, now);
                return true;
            });
    }

    /// <summary>All custodians and those who ask to be one.</summary>
    public IReadOnlyList<Custodian> Custodians() => _engine.Read(session =>
    {
        var generation = VaultTables.Vault(session)?.Generation ?? 0;
        return VaultTables.Custodians(session).ConvertAll(row => new Custodian(
            row.Id, row.Name, row.Wrapped is not null, row.Wrapped is not null && row.Renewed < generation,
            new DateTimeOffset(row.SeenAt, TimeSpan.Zero)));
    });

    /// <inheritdoc/>
    public IReadOnlyList<string> Outstanding() =>
        [.. Custodians().Where(custodian => custodian.IsOutstanding).Select(custodian => custodian.Name)];

    /// <summary>Signing keys of custodians, to be introduced to the evidence log by one it knows.</summary>
    public IReadOnlyList<EvidenceKey> SigningKeys() => _engine.Read(session =>
        VaultTables.Custodians(session).Where(row => row.Wrapped is not null && _seal.IsOf(row))
            .Select(row => row.SigningKey).OfType<EvidenceKey>().ToList());

    /// <summary>Whether a custodian was seen within the last minute. Nobody takes out one that is there: it may lead.</summary>
    /// <param name="id">The identifier of its signing key.</param>
    public bool IsPresent(string id) => _engine.Read(session => VaultTables.Custodian(session, id) is { } row && IsPresent(row));

    /// <summary>
    /// Takes a custodian out that never comes back, and exchanges the master key. Its disk still opens copies of the database from before:
    /// an erasure is final for those when that disk is destroyed.
    /// </summary>
    /// <returns>Its name; null when there is none of that identifier.</returns>
    /// <exception cref="InvalidOperationException">That is this process, or one that is there (<see cref="IsPresent(string)"/>).</exception>
    public string? Remove(string id)
    {
        if (id == _id)
            throw new InvalidOperationException("A process does not take out itself: ask another one.");
        var name = _engine.EraseAsync(
            "custodian",
            session =>
            {
                var row = VaultTables.Custodian(session, id);
                if (row is null)
                    return null;
                if (IsPresent(row))
                    throw new InvalidOperationException("A process that was seen within the last minute is not taken out: stop it first.");
                session.Execute("DELETE FROM custodian WHERE id = @id", ("@id", id));
                Exchange(session, Needed(session));
                return row.Name;
            },
            CancellationToken.None).GetAwaiter().GetResult();
        Look();
        return name;
    }

    private bool IsPresent(CustodianRow row) => _clock.GetUtcNow().UtcTicks - row.SeenAt < PresentFor.Ticks;

    private bool IsCandidate(CustodianRow row) => row.Wrapped is null && row.SigningKey is not null && _seal.IsOf(row);

    private void Register(EvidenceKey signing, string name)
    {
        var key = _engine.Write(session =>
        {
            var row = VaultTables.Custodian(session, _id);
            if (row is { Wrapped: not null } && !_pair.Has(row.Key))
                throw new EvidenceTamperedException(
                    "The database knows this process as a custodian of persons' keys, but its private key, custodian.pk8, is gone.");
            var isKnown = row is not null && _pair.Has(row.Key);
            var text = CustodianRow.Text(signing);
            var own = isKnown ? row!.Key : _pair.Public();
            VaultTables.Put(session, new CustodianRow(
                _id, name, own, text, _seal.OfCustodian(_id, own, text), isKnown ? row!.Wrapped : null,
                isKnown ? row!.Renewed : 0, _clock.GetUtcNow().UtcTicks));
            return own;
        });
        _pair.Settle(key);
    }

    private void Admit(StoreSession session, DateTimeOffset now)
    {
        var master = Needed(session);
        if (IsUnsealed(session))
            Put(session, master);
        var candidates = VaultTables.Custodians(session).FindAll(IsCandidate);
        foreach (var row in candidates)
            VaultTables.Put(session, row with { Wrapped = master.For(row.Id, row.Key) });
        if (candidates.Count > 0)
            Confirm(session, master);
        session.Execute("UPDATE custodian SET seen_at = @at WHERE id = @id", ("@at", now.UtcTicks), ("@id", _id));
    }

    /// <summary>
    /// Another pair of keys in place of the one that the master key before was wrapped to. Its private part is destroyed before the
    /// database says so, and what was made before an exchange counts for that exchange only.
    /// </summary>
    private void Renew(CustodianRow own)
    {
        _pair.Settle(own.Key);
        var next = _pair.Prepare();
        var generation = _engine.Write(session =>
        {
            var master = Needed(session);
            var row = VaultTables.Custodian(session, _id)!;
            VaultTables.Put(session, row with
            {
                Key = next,
                Wrapped = master.For(_id, next),
                Seal = _seal.OfCustodian(_id, next, row.Signing),
            });
            Confirm(session, master);
            return master.Generation;
        });
        _pair.Settle(next);
        _engine.Write(session => session.Execute(
            "UPDATE custodian SET renewed = @generation WHERE id = @id AND key = @key",
            ("@generation", generation), ("@id", _id), ("@key", next)));
    }

    private OpenMaster Needed(StoreSession session) => Current(session) ?? throw new IOException(
        "This process does not have the key that persons' keys are wrapped under: no process that has it has given it, or a person took this one out.");

    /// <summary>The master key as of now; null when this process does not have it.</summary>
    private OpenMaster? Current(StoreSession session)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var at = _clock.GetTimestamp();
            if (VaultTables.VaultOf(session, _id) is not { } own)
            {
                Forget();
                return null;
            }
            if (Known(own.Vault.Generation, at) is { } known)
                return known;
            // Another thread may be replacing the pair at this moment: then the row or the file is another one when it is read again.
            if (_pair.PrivateOf(own.Key) is { } secret)
                return Opened(own.Vault, secret, own.Wrapped, at);
        }
        throw new EvidenceTamperedException("This process's private key, custodian.pk8, is not the one that the database knows it by.");
    }

    private OpenMaster Opened(VaultRow vault, byte[] secret, byte[] wrapped, long at)
    {
        try
        {
            CheckSeal(vault);
            var key = CustodianPair.Unwrap(secret, wrapped, OpenMaster.About(_id, vault.Generation));
            if (!KeyWrap.IdOf(key).AsSpan().SequenceEqual(vault.Master))
                throw new EvidenceTamperedException("The vault of persons' keys names another master key than this process was given.");
            return Taken(new OpenMaster(vault.Generation, key, KeyWrap.Unwrap(key, vault.Names)), at);
        }
        catch (CryptographicException fault)
        {
            throw new EvidenceTamperedException("The master key of persons' keys is not wrapped for this process.", fault);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private void CheckSeal(VaultRow vault)
    {
        var seen = Path.Combine(_folder, SealedFile);
        if (!_seal.IsOf(vault))
        {
            if (vault.Seal.Length > 0 || File.Exists(seen))
                throw new EvidenceTamperedException(
                    "The vault of persons' keys was not written by a process with this one's secret (Storage:Postgres:KeyRingFile).");
        }
        else if (_seal.IsSecret && !File.Exists(seen))
        {
            File.WriteAllText(seen, "");
        }
    }

    private bool IsUnsealed() => _engine.Read(IsUnsealed);

    private bool IsUnsealed(StoreSession session) => VaultTables.Vault(session) is { } vault && !_seal.IsOf(vault);
}
