namespace SentinelHealth.Ingest.Intake;

/// <summary>The accounts of all sources. Safe for any number of threads.</summary>
/// <remarks>
/// At most <see cref="SourcesMax"/> sources have an account of their own; what others deliver is booked under <see cref="Others"/>.
/// </remarks>
internal sealed class IntakeAccounts
{
    public const int SourcesMax = 1_000;
    public const string Others = "(other sources)";

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, SourceAccount> _accounts = new(StringComparer.Ordinal);

    public void Book(string source, int accepted, int duplicates, int deadLettered, DateTimeOffset at) =>
        Change(source, account => account with
        {
            Received = account.Received + accepted + duplicates + deadLettered,
            Accepted = account.Accepted + accepted,
            Duplicates = account.Duplicates + duplicates,
            DeadLettered = account.DeadLettered + deadLettered,
            LastReceivedAt = at,
        });

    public void Fault(string source, string fault, DateTimeOffset at) =>
        Change(source, account => account with { LastFault = fault, LastFaultAt = at });

    public IReadOnlyList<SourceAccount> Snapshot()
    {
        lock (_gate)
            return [.. _accounts.Values];
    }

    private void Change(string source, Func<SourceAccount, SourceAccount> change)
    {
        lock (_gate)
        {
            var name = _accounts.ContainsKey(source) || _accounts.Count < SourcesMax ? source : Others;
            var account = _accounts.GetValueOrDefault(name) ?? new SourceAccount(name, 0, 0, 0, 0, null, null, null);
            _accounts[name] = change(account);
        }
    }
}
