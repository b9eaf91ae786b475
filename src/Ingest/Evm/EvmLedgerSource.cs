using Microsoft.Extensions.Logging;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.Evm;

/// <summary>Makes a source that reads an EVM network straight from its nodes.</summary>
public static class EvmLedgerSource
{
    /// <summary>A source that is not yet reading.</summary>
    /// <param name="options">The network.</param>
    /// <param name="clock">Times waits and stamps findings.</param>
    /// <param name="logger">Told of faults, forks and failovers.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static LedgerSource Create(EvmLedgerSourceOptions options, TimeProvider clock, ILogger<LedgerSource> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var decoder = new EvmEventDecoder(options.Ledger.Chain, options.Contracts.Select(pair =>
            KeyValuePair.Create(EvmAddress.Parse(pair.Value), ContractAbi.Load(pair.Key))));
        return new LedgerSource(
            options.Ledger,
            [.. options.Endpoints.Select(endpoint => new EvmLedgerReader(endpoint, decoder, clock, logger))],
            clock, logger);
    }
}
