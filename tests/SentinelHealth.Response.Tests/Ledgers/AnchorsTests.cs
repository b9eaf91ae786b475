using SentinelHealth.Ingest.Evm;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Evidence;

namespace SentinelHealth.Response.Tests.Ledgers;

/// <summary>The embedded ledger anchors as the contract does.</summary>
public sealed class EmbeddedAnchorsTests : AnchorsConformance, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private EmbeddedLedger? _ledger;

    public void Dispose()
    {
        _ledger?.Dispose();
        _folder.Dispose();
    }

    protected override Task<IEvidenceAnchors> CreateAsync() =>
        Task.FromResult<IEvidenceAnchors>(
            _ledger = EmbeddedLedger.Open(_folder.Path, new EmbeddedLedgerRules(), new ManualClock()));
}

/// <summary>The contract on a real node.</summary>
public sealed class EvmAnchorsTests : AnchorsConformance, IAsyncDisposable
{
    private AnvilNetwork? _network;
    private EvmEvidenceAnchors? _anchors;

    [Fact]
    public async Task Only_the_recorder_may_anchor()
    {
        var anchors = await CreateAsync();
        using var stranger = Open(_network!.Deployment.RestorerAccount);

        var reply = await stranger.AnchorAsync(
            new EvidenceAnchor("0x" + new string('1', 64), 1, "0x" + new string('2', 64)), TestContext.Current.CancellationToken);

        Assert.Contains("AccessControlUnauthorizedAccount", Assert.IsType<AnchorReply.Refused>(reply).Reason);
        Assert.Null(await anchors.LatestAnchorAsync("0x" + new string('1', 64), TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        _anchors?.Dispose();
        if (_network is not null)
            await _network.DisposeAsync();
    }

    protected override async Task<IEvidenceAnchors> CreateAsync()
    {
        _network = await AnvilNetwork.StartAsync(null);
        return _anchors = Open(_network.Deployment.AutomationAccount);
    }

    private EvmEvidenceAnchors Open(string account) => new(
        new EvmEvidenceAnchorsOptions
        {
            Node = new JsonRpcOptions { Endpoint = _network!.Node.Endpoint, Timeout = TimeSpan.FromSeconds(30) },
            ContractAddress = _network.Deployment.AddressOf("EvidenceAnchor").Text,
            RecorderAccount = account,
        },
        TimeProvider.System);
}
