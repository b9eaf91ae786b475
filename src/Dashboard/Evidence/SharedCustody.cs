using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Custody.Sharing;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Evidence;

/// <summary>What makes a process one of several that keep the evidence log: the master key of persons' keys, and a signing key the log knows.</summary>
/// <remarks>A new process asks in the database, and any that has both gives it both: at its look, once a second.</remarks>
internal sealed class SharedCustody(CaseStore store, SharedVault vault, SharedSigner signer, TimeProvider clock)
{
    /// <summary>Most keys of a log: more no verifier reads.</summary>
    private const int KeysMax = 1_000;

    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a start waits for another process to let this one in.</summary>
    public required TimeSpan Patience { get; init; }

    public SharedVault Vault => vault;

    public SharedSigner Signer => signer;

    /// <summary>Waits until another process has given this one the master key.</summary>
    /// <exception cref="IOException">Nobody has.</exception>
    public Task AdmittedAsync(CancellationToken cancel) => WaitAsync(
        _ => Task.FromResult(vault.IsAdmitted),
        "no process that has the key of persons' keys gave it to this one. One must run, with the same Storage:Postgres:KeyRingFile; see docs/cluster.md.",
        cancel);

    /// <summary>Waits until the log knows this process's signing key. Of a log that has none it becomes the first.</summary>
    /// <exception cref="IOException">Nobody has introduced it.</exception>
    public Task IntroducedAsync(CancellationToken cancel) => WaitAsync(
        IsIntroducedAsync, "no process whose signing key the evidence log knows introduced this one's. One must run; see docs/cluster.md.", cancel);

    /// <summary>To be called once a second: lets others in, and keeps to what they exchanged.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        vault.Look();
        var keys = await store.EvidenceKeysAsync(cancel);
        signer.Adopt(keys);
        foreach (var key in vault.SigningKeys().Where(one => keys.All(known => known.Id != one.Id)))
        {
            // Whoever was quicker has introduced somebody: the rest come with the next look.
            if (!signer.IsIntroduced || keys.Count >= KeysMax
                || !await store.TryAddEvidenceKeyAsync(keys.Count, signer.Introduce(key), cancel))
                return;
            await store.EnterEvidenceAsync(
                [CaseEvidence.Act(EvidenceKind.Key, key.Id, clock.GetUtcNow(), new { action = "introduced", by = signer.Own.Id, key = key.Id })], cancel);
            keys = await store.EvidenceKeysAsync(cancel);
        }
    }

    /// <summary>Takes out a custodian that never comes back.</summary>
    /// <returns>Its name; null when there is none of that identifier.</returns>
    /// <exception cref="InvalidOperationException">That is this process, or one that was seen within the last minute.</exception>
    public async Task<string?> RemoveAsync(string id, string by, CancellationToken cancel)
    {
        if (vault.Remove(id) is not { } name)
            return null;
        await store.EnterEvidenceAsync(
            [CaseEvidence.Act(EvidenceKind.Key, id, clock.GetUtcNow(), new { action = "custodian removed", by, detail = name })], cancel);
        return name;
    }

    private async Task<bool> IsIntroducedAsync(CancellationToken cancel)
    {
        var keys = await store.EvidenceKeysAsync(cancel);
        if (keys.Count == 0 && (await store.KeptEvidenceAsync(cancel)).Head is null
            && await store.TryAddEvidenceKeyAsync(0, signer.Own, cancel))
            keys = await store.EvidenceKeysAsync(cancel);
        signer.Adopt(keys);
        return signer.IsIntroduced;
    }

    private async Task WaitAsync(Func<CancellationToken, Task<bool>> isSo, string otherwise, CancellationToken cancel)
    {
        for (var waited = TimeSpan.Zero; !await isSo(cancel); waited += AskEvery)
        {
            if (waited >= Patience)
                throw new IOException(
                    FormattableString.Invariant($"The evidence log cannot be kept here: for {Patience.TotalSeconds} s {otherwise}"));
            await Task.Delay(AskEvery, cancel);
        }
    }
}
