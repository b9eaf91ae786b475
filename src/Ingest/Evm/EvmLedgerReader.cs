using Microsoft.Extensions.Logging;
using SentinelHealth.Ingest.Ledgers;

namespace SentinelHealth.Ingest.Evm;

/// <summary>An EVM node as a ledger: blocks with their receipts, so that reverted attempts are seen as well as what contracts emit.</summary>
internal sealed class EvmLedgerReader : ILedgerReader
{
    private readonly JsonRpcClient _rpc;
    private readonly EvmBlockReader _blocks;
    private readonly EvmEventDecoder _decoder;
    private readonly EvmHeadNotices _notices;

    public EvmLedgerReader(EvmEndpoint endpoint, EvmEventDecoder decoder, TimeProvider clock, ILogger logger)
    {
        _rpc = new JsonRpcClient(endpoint.Node);
        _blocks = new EvmBlockReader(_rpc);
        _decoder = decoder;
        _notices = new EvmHeadNotices(endpoint, clock, logger);
    }

    public string Endpoint => _notices.Endpoint;

    public async Task<LedgerLook> LookAsync(IReadOnlyList<long> numbers, CancellationToken cancel)
    {
        var (head, blocks) = await _blocks.ReadHeadersAsync(numbers, cancel);
        return new LedgerLook(head, [.. blocks.Select(block => block is null ? null : EvmBlockRecords.HeaderOf(block))]);
    }

    public async Task<IReadOnlyList<LedgerBlock>> ReadAsync(long first, long last, CancellationToken cancel)
    {
        var contents = await _blocks.ReadAsync(first, last, cancel);
        return [.. contents.Select(content => EvmBlockRecords.Of(content, _decoder))];
    }

    public Task WaitForNewsAsync(TimeSpan pollInterval, CancellationToken cancel) => _notices.WaitAsync(pollInterval, cancel);

    public void Dispose()
    {
        _notices.Dispose();
        _rpc.Dispose();
    }
}
