using System.Buffers;
using Microsoft.Data.Sqlite;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Ledgers;

/// <summary>
/// A ledger inside the process: hash-chained, ECDSA P-256 signed blocks in SQLite, with the rules of the guard contract.
/// </summary>
/// <remarks>
/// Opening verifies every block, O(blocks), and refuses a chain that was changed. Safe from many threads; orders are serialized.
/// A block holds one entry and its time never runs backwards, whatever the clock does.
/// </remarks>
public sealed partial class EmbeddedLedger : ILedger, IDisposable
{
    /// <summary>The name people see.</summary>
    public const string Name = "embedded";

    private const string ChainFile = "ledger.db";
    private const string KeyFile = "ledger.key";
    private const string FirstRestorerFile = "restorer-1.key";
    private const string SecondRestorerFile = "restorer-2.key";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly TimeProvider _clock;
    private readonly SqliteConnection _connection;
    private readonly LedgerKey _key;
    private readonly LedgerChain _chain;
    private RestorerKeys? _restorers;
    private GuardState _state = new();
    private bool _isStateStale;

    private EmbeddedLedger(SqliteConnection connection, LedgerKey key, TimeProvider clock)
    {
        _connection = connection;
        _key = key;
        _clock = clock;
        _chain = new LedgerChain(connection, key);
    }

    /// <summary>Opens or creates the ledger in a folder and puts the rules in force, as a block of their own when they changed.</summary>
    /// <param name="folder">Where <c>ledger.db</c> and <c>ledger.key</c> (mode 0600) live; created when missing.</param>
    /// <param name="rules">The rules to enforce from now on.</param>
    /// <param name="clock">Block time.</param>
    /// <param name="secondRestorerKey">
    /// Where the second of the two restorers' keys lies; null for beside the first. On another disk or under another owner, nobody who has
    /// one folder restores alone.
    /// </param>
    /// <exception cref="LedgerTamperedException">The chain or its key is not what was written; the message names the block.</exception>
    public static EmbeddedLedger Open(
        string folder, EmbeddedLedgerRules rules, TimeProvider clock, string? secondRestorerKey = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(clock);
        Directory.CreateDirectory(folder);
        var chainPath = Path.Combine(folder, ChainFile);
        var keyPath = Path.Combine(folder, KeyFile);
        if (!File.Exists(keyPath) && File.Exists(chainPath))
            throw new LedgerTamperedException($"The ledger {chainPath} exists but its key {keyPath} is gone.");
        var key = File.Exists(keyPath) ? LedgerKey.Open(keyPath) : LedgerKey.Create(keyPath);
        var ledger = new EmbeddedLedger(new SqliteFile(chainPath).Open(), key, clock);
        try
        {
            ledger.Start(
                rules, Path.Combine(folder, FirstRestorerFile), secondRestorerKey ?? Path.Combine(folder, SecondRestorerFile));
            return ledger;
        }
        catch
        {
            ledger.Dispose();
            throw;
        }
    }

    /// <summary>Changes the rules, in the operator's role. Writes a block unless they are the rules in force already.</summary>
    public async Task SetRulesAsync(EmbeddedLedgerRules rules, string orderedBy, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(rules);
        await LockedAsync(() => { PutRules(rules, orderedBy); return true; }, cancel);
    }

    /// <inheritdoc/>
    public Task<LedgerReply> ContainAsync(LedgerOrder order, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(order);
        return AnsweredAsync(() => Contain(order), cancel);
    }

    /// <inheritdoc/>
    public Task<LedgerReply> RestoreAsync(LedgerOrder order, string orderedBy, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(order);
        return AnsweredAsync(() => Restore(order, orderedBy), cancel);
    }

    /// <inheritdoc/>
    public Task<LedgerReply> RenewAsync(LedgerOrder order, DateTimeOffset until, string orderedBy, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(order);
        return AnsweredAsync(() => Renew(order, until, orderedBy), cancel);
    }

    /// <inheritdoc/>
    public Task<LedgerReceipt?> FindAsync(string key, CancellationToken cancel) =>
        ReadAsync(() => _chain.Find(key) is { } block ? FoundAt(block) : null, cancel);

    /// <inheritdoc/>
    public Task<bool> IsContainedAsync(ActionKind kind, EntityRef target, CancellationToken cancel) =>
        ReadAsync(() => _state.IsContained(kind, target, Now()), cancel);

    /// <inheritdoc/>
    public Task<ValidatorSet> GetValidatorsAsync(CancellationToken cancel) => ReadAsync(() => _state.Validators(Now()), cancel);

    /// <inheritdoc/>
    public Task<LedgerHead> GetHeadAsync(CancellationToken cancel) =>
        ReadAsync(
            () => new LedgerHead(Name, _chain.Head!.Number, _chain.Head.HashHex, _state.LastAt) { NextNotBefore = Now() },
            cancel);

    /// <inheritdoc/>
    public void Dispose()
    {
        _connection.Dispose();
        _restorers?.Dispose();
        _key.Dispose();
        _gate.Dispose();
    }

    private void Start(EmbeddedLedgerRules rules, string firstRestorerKey, string secondRestorerKey)
    {
        _chain.CreateTables();
        _chain.Verify(Take);
        _restorers = RestorerKeys.Open(firstRestorerKey, secondRestorerKey, mayCreate: _state.Restorers.Count == 0);
        // Once they are written down, other keys in the files are no restorers' keys.
        if (_state.Restorers.Count == 0 && _restorers is not null)
            Append(Draft(LedgerRole.Operator, "configuration") with { Rules = rules, Restorers = _restorers.Public });
        PutRules(rules, orderedBy: "configuration");
    }

    /// <summary>Takes in what stands on the chain, when those who restore have signed it.</summary>
    private void Take(LedgerEntry entry)
    {
        if (entry is { Role: LedgerRole.Restorer, Order: not null } && _state.Restorers.Count > 0
            && !RestorerKeys.AreBothIn(entry, _state.Restorers))
            throw new LedgerTamperedException($"Block {entry.Number} of the ledger restores without the consent of two restorers.");
        Apply(entry);
    }

    private void PutRules(EmbeddedLedgerRules rules, string orderedBy)
    {
        if (_chain.Head is null || !_state.Rules.SaysTheSameAs(rules))
            Append(Draft(LedgerRole.Operator, orderedBy) with { Rules = rules });
    }

    private LedgerReply Contain(LedgerOrder order)
    {
        if (!IsKey(order.Key) || !IsKey(order.EvidenceHash))
            return new LedgerReply.Refused("A key and an evidence hash are 32 bytes as 0x-hex.");
        if (_chain.Find(order.Key) is { } earlier)
            return Repeated(order, earlier);
        if (_state.RefusalOf(order, Now()) is { } refusal)
            return new LedgerReply.Refused(refusal);
        return Append(Draft(LedgerRole.Automation, "") with { Order = order });
    }

    private LedgerReply Restore(LedgerOrder order, string orderedBy)
    {
        if (string.IsNullOrWhiteSpace(orderedBy))
            return new LedgerReply.Refused("Only a named person may restore.");
        if (!_state.IsContainedUnder(order.Key, order.Kind, order.Target, Now()))
            return new LedgerReply.Refused($"The {order.Target} is not contained under this key.");
        return AppendByTwo(Draft(LedgerRole.Restorer, orderedBy) with { Order = order });
    }

    private LedgerReply Renew(LedgerOrder order, DateTimeOffset until, string orderedBy)
    {
        if (string.IsNullOrWhiteSpace(orderedBy))
            return new LedgerReply.Refused("Only a named person may keep a containment longer.");
        if (_state.IsContainedUnder(order.Key, order.Kind, order.Target, Now()) && _state.PromisedUntil(order) == until)
            return new LedgerReply.Confirmed(FoundAt(_chain.Find(order.Key)!));
        if (_state.RefusalOfRenewal(order, until, Now()) is { } refusal)
            return new LedgerReply.Refused(refusal);
        var reply = AppendByTwo(Draft(LedgerRole.Restorer, orderedBy) with { Order = order, RenewedUntil = until });
        return reply is LedgerReply.Confirmed ? new LedgerReply.Confirmed(FoundAt(_chain.Find(order.Key)!)) : reply;
    }

    /// <summary>What gives back, or keeps longer, takes the consent of both restorers' keys (ADR 0034).</summary>
    private LedgerReply AppendByTwo(LedgerEntry entry) =>
        _restorers is null ? new LedgerReply.Refused("It takes the keys of two restorers, and they are not both here.")
        : _restorers.Sign(entry) is var signed && RestorerKeys.AreBothIn(signed, _state.Restorers) ? Append(signed)
        : new LedgerReply.Refused("The restorers' keys here are not those this ledger was made with.");

    /// <summary>The receipt of a containment as it stands now, renewals included.</summary>
    private LedgerReceipt FoundAt(LedgerBlock block)
    {
        var entry = LedgerEntry.FromBytes(block.Body);
        return ReceiptOf(block, entry) with { ExpiresAt = _state.PromisedUntil(entry.Order!) ?? entry.ExpiresAt };
    }

    /// <summary>At most one effect per key (I2): a repeated order gets the first effect's receipt, a different one is refused.</summary>
    private static LedgerReply Repeated(LedgerOrder order, LedgerBlock earlier)
    {
        var entry = LedgerEntry.FromBytes(earlier.Body);
        return entry.Order!.Kind == order.Kind && entry.Order.Target == order.Target
            ? new LedgerReply.Confirmed(ReceiptOf(earlier, entry))
            : new LedgerReply.Refused("The key was used for another order.");
    }

    private LedgerReply.Confirmed Append(LedgerEntry entry)
    {
        var block = _chain.Append(entry);
        Apply(entry);
        return new LedgerReply.Confirmed(ReceiptOf(block, entry));
    }

    private LedgerEntry Draft(LedgerRole role, string orderedBy) =>
        new() { Number = (_chain.Head?.Number ?? -1) + 1, At = Now(), Role = role, OrderedBy = orderedBy };

    private DateTimeOffset Now()
    {
        var now = _clock.GetUtcNow();
        return now > _state.LastAt ? now : _state.LastAt;
    }

    private static LedgerReceipt ReceiptOf(LedgerBlock block, LedgerEntry entry) =>
        new(block.TransactionId, block.Number, block.HashHex, entry.At, entry.ExpiresAt, GasUsed: null);

    private static bool IsKey(string text) =>
        text.Length == 66 && text.StartsWith("0x", StringComparison.Ordinal) && !text.AsSpan(2).ContainsAnyExcept(HexDigits);

    /// <summary>A failed write may or may not have reached the disk, so the answer is "unknown" and the state is read again.</summary>
    private async Task<LedgerReply> AnsweredAsync(Func<LedgerReply> order, CancellationToken cancel)
    {
        try
        {
            return await LockedAsync(order, cancel);
        }
        catch (SqliteException fault)
        {
            return new LedgerReply.Unknown($"The ledger's file could not be written: {fault.Message}");
        }
    }

    private async Task<T> ReadAsync<T>(Func<T> read, CancellationToken cancel)
    {
        try
        {
            return await LockedAsync(read, cancel);
        }
        catch (SqliteException fault)
        {
            throw new LedgerUnavailableException("The ledger's file could not be read.", fault);
        }
    }

    private async Task<T> LockedAsync<T>(Func<T> work, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            if (_isStateStale)
                Replay();
            return work();
        }
        catch (SqliteException)
        {
            _isStateStale = true;
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    private void Replay()
    {
        _state = new GuardState();
        _anchors.Clear();
        _chain.Verify(Take);
        _isStateStale = false;
    }
}
