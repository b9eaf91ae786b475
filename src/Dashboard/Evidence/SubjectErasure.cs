using System.Security.Cryptography;
using System.Text;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Dashboard.Evidence;

/// <summary>What came of an order to erase.</summary>
/// <param name="IsDone">Whether it was carried out; else it waits for a second person, or was refused.</param>
/// <param name="Detail">One sentence.</param>
internal sealed record ErasureOutcome(bool IsDone, string Detail);

/// <summary>Where an erasure reaches, and where orders wait for a second person.</summary>
internal sealed record ErasureReach(EvidenceParts Evidence, ComplianceStore Orders, string DataFolder, TimeProvider Clock)
{
    /// <summary>Where each partition of the log ends now, with several processes, whose files an order then reaches; null with one.</summary>
    public Func<CancellationToken, Task<IReadOnlyDictionary<int, long>>>? Ends { get; init; }

    /// <summary>Told of a person whose records are to go from this process's memory.</summary>
    public Action<string> Forget { get; init; } = static _ => { };
}

/// <summary>
/// Erases a person's payloads for good, which takes two different people: what each does is evidence itself, and names the person only by
/// the identifiers of the destroyed keys. Orders wait in the store under a digest, so the second person may come after a restart.
/// </summary>
internal sealed class SubjectErasure(ErasureReach reach) : IDisposable
{
    private const string IsHeld = "A legal hold keeps this person's payloads.";

    private static readonly TimeSpan WaitsAtMost = TimeSpan.FromDays(1);

    /// <summary>How long an answer waits for the other processes.</summary>
    private static readonly TimeSpan OthersMax = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Asks for an erasure, or carries out what another person asked for within the last day.</summary>
    public async Task<ErasureOutcome> OrderAsync(string subject, string by, string reason, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            var now = reach.Clock.GetUtcNow();
            if (reach.Evidence.Vault.IsHeld(subject))
                return new ErasureOutcome(false, IsHeld);
            var order = DigestOf(subject);
            var first = reach.Orders.ErasureAskedBy(order, now - WaitsAtMost);
            if (first is null || string.Equals(first.Trim(), by.Trim(), StringComparison.OrdinalIgnoreCase))
                return await AskAsync(order, by, reason, now, cancel);
            return await EraseAsync(subject, first, by, reason, cancel);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Puts a person under a legal hold, or lifts it. Returns one sentence.</summary>
    public async Task<string> HoldAsync(string subject, string by, string reason, HoldOrder order, CancellationToken cancel)
    {
        var now = reach.Clock.GetUtcNow();
        var vault = reach.Evidence.Vault;
        if (order == HoldOrder.Lift && !vault.Lift(subject))
            return "There was no legal hold.";
        if (order == HoldOrder.Hold)
            vault.Hold(subject, reason, by, now);
        var action = order == HoldOrder.Hold ? "held" : "lifted a hold";
        await reach.Evidence.Store.EnterEvidenceAsync(
            [CaseEvidence.Act(EvidenceKind.Analyst, "legal-hold", now,
                new { action, by, detail = reason, subject }) with { Subject = subject }],
            cancel);
        return order == HoldOrder.Hold ? "Nothing of this person is erased or removed until the hold is lifted." : "The hold is lifted.";
    }

    public void Dispose() => _gate.Dispose();

    private async Task<ErasureOutcome> AskAsync(string order, string by, string reason, DateTimeOffset now,
        CancellationToken cancel)
    {
        reach.Orders.AskErasure(order, by, now);
        await reach.Evidence.Store.EnterEvidenceAsync(
            [CaseEvidence.Act(EvidenceKind.Erasure, "asked", now, new { action = "asked", by, reason })], cancel);
        return new ErasureOutcome(false, "Asked for. A second person must order the same within a day.");
    }

    private async Task<ErasureOutcome> EraseAsync(
        string subject, string first, string second, string reason, CancellationToken cancel)
    {
        var now = reach.Clock.GetUtcNow();
        // What still waits would be drained sealed under a key that is gone; it is, either way, but its entry must be in the log first.
        if (!await reach.Evidence.UpToDateAsync(cancel))
            return new ErasureOutcome(false, "Entries wait for the evidence log, and no process takes them now. Order the same again.");
        IReadOnlyDictionary<int, long>? ends;
        try
        {
            ends = reach.Ends is { } ask ? await ask(cancel) : null;
        }
        catch (Exception fault) when (fault is IOException or TimeoutException)
        {
            // Without it nobody could say which events were there before the order.
            return new ErasureOutcome(false, $"The end of the event log is not known now ({fault.Message}). Order the same again.");
        }
        // It may have come while the log was waited for; from here on nothing is taken back.
        if (reach.Evidence.Vault.IsHeld(subject))
            return new ErasureOutcome(false, IsHeld);
        var number = ends is null
            ? (long?)null : await reach.Evidence.Store.OrderFileErasureAsync(subject, now, ends, CancellationToken.None);
        var (keys, records) = await DestroyAsync(subject, (first, second), reason, now);
        return new ErasureOutcome(true, $"{keys} keys destroyed, {records} stored records removed.{await OthersAsync(number, cancel)}{await reach.Evidence.OutstandingAsync(cancel)}");
    }

    /// <summary>Destroys keys and records here, and enters that. Whoever ordered it may be gone meanwhile: it goes through all the same.</summary>
    private async Task<(int Keys, int Records)> DestroyAsync(
        string subject, (string First, string Second) by, string reason, DateTimeOffset now)
    {
        var store = reach.Evidence.Store;
        var keys = reach.Evidence.Vault.EraseSubject(subject, by.Second, now);
        // First: what is stored of an alert from now on holds nothing of the person.
        reach.Forget(subject);
        var kept = await store.EraseEventsAsync(text => reach.Evidence.Intake.IsOf(subject, text), CancellationToken.None);
        var records = kept + SubjectFiles.Erase(reach.DataFolder, subject, await ReleasedAsync(CancellationToken.None));
        reach.Orders.ForgetErasure(DigestOf(subject));
        await store.EnterEvidenceAsync(
            [
                CaseEvidence.Act(EvidenceKind.Erasure, "done", now, new
                {
                    action = "erased",
                    by = new[] { by.First, by.Second },
                    reason,
                    keys = keys.Select(key => Convert.ToHexStringLower(key)),
                    records,
                }),
            ],
            CancellationToken.None);
        return (keys.Count, records);
    }

    /// <summary>Which processes have yet to erase the person from their files, as a sentence; empty when none has. Waits a moment for those that run.</summary>
    private async Task<string> OthersAsync(long? order, CancellationToken cancel)
    {
        for (var waited = TimeSpan.Zero; order is not null; waited += LookEvery)
        {
            var outstanding = (await reach.Evidence.Store.FileErasuresAsync(0, cancel))
                .FirstOrDefault(one => one.Number == order)?.Outstanding ?? [];
            if (outstanding.Count == 0)
                return "";
            if (waited >= OthersMax)
                return $" Yet to erase the person from their files: {string.Join(", ", outstanding.Select(keeper => keeper.Name))}.";
            await Task.Delay(LookEvery, cancel);
        }
        return "";
    }

    /// <summary>Up to where no restart reads the event log again.</summary>
    private async Task<long> ReleasedAsync(CancellationToken cancel) =>
        await reach.Evidence.Store.SnapshotAsync(0, cancel) is { } snapshot ? snapshot.Offset : -1;

    private static string DigestOf(string subject) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("sentinel-erasure-v1\n" + subject)));
}

/// <summary>What to do about a legal hold.</summary>
internal enum HoldOrder
{
    /// <summary>Keep everything of the person.</summary>
    Hold,

    /// <summary>No longer.</summary>
    Lift,
}
