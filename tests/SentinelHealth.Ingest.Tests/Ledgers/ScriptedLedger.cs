using System.Globalization;
using System.Text.Json;
using SentinelHealth.Ingest.Ledgers;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.Tests.Ledgers;

/// <summary>
/// A ledger that is no EVM: a channel of blocks whose transactions carry validation codes. One instance is one endpoint of it.
/// </summary>
internal sealed class ScriptedLedger(string endpoint = "peer-1:7051") : ILedgerReader
{
    private readonly List<LedgerBlock> _blocks = [Block(0, "", "genesis", [])];
    private readonly SemaphoreSlim _news = new(0);

    public string Endpoint => endpoint;

    /// <summary>Blocks one answer may hold; a longer range is refused, as nodes with limits do.</summary>
    public int RangeMax { get; set; } = int.MaxValue;

    /// <summary>What is thrown instead of an answer; null answers.</summary>
    public Exception? Fault { get; set; }

    /// <summary>A block this endpoint has lost; null when it has all.</summary>
    public long? Missing { get; set; }

    public List<int> RangesAsked { get; } = [];

    public long Head { get { lock (_blocks) { return _blocks.Count - 1; } } }

    /// <summary>Adds a block with one transaction for each code.</summary>
    public ScriptedLedger Add(string variant, params string[] codes)
    {
        lock (_blocks)
            _blocks.Add(Block(_blocks.Count, _blocks[^1].Header.Hash, variant, codes));
        _news.Release();
        return this;
    }

    public ScriptedLedger AddMany(int blocks, string variant = "a")
    {
        for (var i = 0; i < blocks; i++)
            Add(variant, "VALID");
        return this;
    }

    /// <summary>Takes the newest blocks away, as a chain that reorganizes does.</summary>
    public ScriptedLedger Drop(int blocks)
    {
        lock (_blocks)
            _blocks.RemoveRange(_blocks.Count - blocks, blocks);
        return this;
    }

    public Task<LedgerLook> LookAsync(IReadOnlyList<long> numbers, CancellationToken cancel)
    {
        if (Fault is { } fault)
            throw fault;
        lock (_blocks)
            return Task.FromResult(new LedgerLook(_blocks.Count - 1,
                [.. numbers.Select(number => number < _blocks.Count ? _blocks[(int)number].Header : null)]));
    }

    public Task<IReadOnlyList<LedgerBlock>> ReadAsync(long first, long last, CancellationToken cancel)
    {
        var count = (int)(last - first + 1);
        lock (_blocks)
        {
            RangesAsked.Add(count);
            if (count > RangeMax)
                throw new IOException("query exceeds limit");
            if (Missing is { } missing && missing >= first && missing <= last)
                throw new LedgerGapException(missing);
            return Task.FromResult<IReadOnlyList<LedgerBlock>>(_blocks.GetRange((int)first, count));
        }
    }

    public async Task WaitForNewsAsync(TimeSpan pollInterval, CancellationToken cancel) =>
        await _news.WaitAsync(pollInterval, cancel);

    public void Dispose() => _news.Dispose();

    private static LedgerBlock Block(long number, string parent, string variant, string[] codes) => new(
        new LedgerHeader(number, HashOf(number, variant), parent, DateTimeOffset.UnixEpoch.AddSeconds(number)),
        [.. codes.Select((code, i) => Transaction(number, variant, i, code))]);

    private static string HashOf(long number, string variant) =>
        string.Create(CultureInfo.InvariantCulture, $"{number}-{variant}");

    private static LedgerTransaction Transaction(long block, string variant, int index, string code)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"tx-{block}-{variant}-{index}");
        var record = JsonSerializer.SerializeToUtf8Bytes(new { id, code });
        return new(id, code, [new SourceRecord(record, id)]);
    }
}
