using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Ledgers;

/// <summary>What a round of <see cref="ValidatorAllowlists"/> came to.</summary>
/// <param name="Changes">Entries taken off a list or put back.</param>
/// <param name="Faults">What did not work, one sentence for each validator concerned; empty when every list is as it should be.</param>
public sealed record AllowlistOutcome(int Changes, IReadOnlyList<string> Faults);

/// <summary>
/// Keeps the local permissioning of every validator's node (Besu's <c>perm_*</c>) in step with the guard: what the guard contains loses its
/// place on each list, and gets back the place this monitor took when the guard has let go.
/// </summary>
/// <remarks>
/// The guard's word counts, asked anew each round, so a round may be repeated at will and mends what an earlier one left half done. Each
/// validator is a case of its own: one that cannot be reached holds up no other. Not safe from several threads.
/// </remarks>
public sealed class ValidatorAllowlists : IDisposable
{
    private const int EntriesMax = 10_000;

    private readonly ValidatorAllowlistOptions _options;
    private readonly ILedger _ledger;
    private readonly AllowlistRecord _record;
    private readonly List<(string Name, JsonRpcClient Rpc)> _validators;

    /// <summary>Makes it. Nothing is sent until it is asked.</summary>
    /// <param name="options">Which validators and nodes.</param>
    /// <param name="ledger">The guard.</param>
    /// <param name="file">Where what was taken is remembered.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidDataException">The file is not what was written.</exception>
    public ValidatorAllowlists(ValidatorAllowlistOptions options, ILedger ledger, string file)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_options, _ledger) = (options, ledger);
        _record = AllowlistRecord.Open(file);
        _validators = [.. options.Validators.Select(node => (node.Endpoint.AbsoluteUri, new JsonRpcClient(node)))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, rpc) in _validators)
            rpc.Dispose();
    }

    /// <summary>One round over all validators. Costs a question to the guard for each target and one to two calls for each list.</summary>
    /// <param name="contained">What the monitor's records hold for contained; the guard is asked about each.</param>
    /// <param name="cancel">Ends the round between two calls.</param>
    /// <exception cref="LedgerUnavailableException">The guard cannot be read; no list was touched.</exception>
    public async Task<AllowlistOutcome> PushAsync(
        IReadOnlyCollection<(ActionKind Kind, EntityRef Target)> contained, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(contained);
        var held = new HashSet<(ActionKind Kind, string Target)>();
        var candidates = contained.Select(item => (item.Kind, item.Target.Id))
            .Concat(_record.Removals.Select(item => (item.Kind, item.Target))).Distinct().ToList();
        foreach (var (kind, target) in candidates.Where(item => EntryOf(item.Kind, item.Item2) is not null))
        {
            var type = kind == ActionKind.QuarantineNode ? EntityType.Node : EntityType.Actor;
            if (await _ledger.IsContainedAsync(kind, new EntityRef(type, target), cancel))
                held.Add((kind, target));
        }
        var (changes, faults) = (0, new List<string>());
        foreach (var (name, rpc) in _validators)
        {
            try
            {
                changes += await MendAsync(name, rpc, held, cancel);
            }
            catch (Exception fault) when (fault is JsonRpcTransportException or JsonRpcErrorException or EvmFormatException)
            {
                faults.Add($"{name}: {fault.Message}");
            }
        }
        return new AllowlistOutcome(changes, faults);
    }

    private async Task<int> MendAsync(
        string validator, JsonRpcClient rpc, HashSet<(ActionKind Kind, string Target)> held, CancellationToken cancel)
    {
        var changes = 0;
        foreach (var kind in new[] { ActionKind.QuarantineNode, ActionKind.SuspendActor })
        {
            var due = held.Where(item => item.Kind == kind).ToList();
            var ours = _record.Removals.Where(item => item.Validator == validator && item.Kind == kind).ToList();
            if (due.Count == 0 && ours.Count == 0)
                continue;
            var listed = await ListedAsync(rpc, kind, cancel);
            foreach (var (_, target) in due.Where(item => listed.Contains(EntryOf(kind, item.Target)!)))
            {
                // Remembered first: taken and forgotten would be taken for good.
                _record.Add(new AllowlistRemoval(validator, kind, target, EntryOf(kind, target)!));
                await CallAsync(rpc, "remove", kind, EntryOf(kind, target)!, cancel);
                changes++;
            }
            foreach (var removal in ours.Where(item => !held.Contains((kind, item.Target))))
            {
                if (!listed.Contains(removal.Entry))
                {
                    await CallAsync(rpc, "add", kind, removal.Entry, cancel);
                    changes++;
                }
                _record.Remove(removal);
            }
        }
        return changes;
    }

    private string? EntryOf(ActionKind kind, string target) => kind switch
    {
        ActionKind.QuarantineNode => _options.Nodes.GetValueOrDefault(target),
        ActionKind.SuspendActor when _options.CoversAccounts && EvmAddress.TryParse(target, out var account) => account.Text,
        _ => null,
    };

    private static async Task<HashSet<string>> ListedAsync(JsonRpcClient rpc, ActionKind kind, CancellationToken cancel)
    {
        var list = await rpc.CallAsync(kind == ActionKind.QuarantineNode ? "perm_getNodesAllowlist" : "perm_getAccountsAllowlist", cancel);
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > EntriesMax)
            throw new EvmFormatException($"The node's list is no array of at most {EntriesMax} entries.");
        // Nodes write accounts in letters of either case.
        return list.EnumerateArray().Select(entry => entry.GetString() ?? "").ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    private static async Task CallAsync(JsonRpcClient rpc, string verb, ActionKind kind, string entry, CancellationToken cancel)
    {
        var (subject, preposition) = (kind == ActionKind.QuarantineNode ? "Nodes" : "Accounts", verb == "add" ? "To" : "From");
        var answer = await rpc.CallAsync($"perm_{verb}{subject}{preposition}Allowlist", cancel, new object[] { new[] { entry } });
        if (answer.ValueKind != JsonValueKind.String || answer.GetString() != "Success")
            throw new EvmFormatException($"The node did not {verb} {entry}.");
    }
}
