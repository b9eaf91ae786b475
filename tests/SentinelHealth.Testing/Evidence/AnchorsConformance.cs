using SentinelHealth.Response.Ledgers;
using Xunit;

namespace SentinelHealth.Testing.Evidence;

/// <summary>What every ledger that anchors evidence must do.</summary>
public abstract class AnchorsConformance
{
    private static readonly string Log = "0x" + new string('1', 64);
    private static readonly string Other = "0x" + new string('2', 64);

    [Fact]
    public async Task Anchors_grow_are_found_again_and_never_change()
    {
        var anchors = await CreateAsync();
        Assert.Null(await anchors.LatestAnchorAsync(Log, default));

        var first = Assert.IsType<AnchorReply.Anchored>(await anchors.AnchorAsync(Anchor(Log, 5, 'a'), default));
        var again = Assert.IsType<AnchorReply.Anchored>(await anchors.AnchorAsync(Anchor(Log, 5, 'a'), default));
        var same = Assert.IsType<AnchorReply.Refused>(await anchors.AnchorAsync(Anchor(Log, 5, 'b'), default));
        Assert.IsType<AnchorReply.Refused>(await anchors.AnchorAsync(Anchor(Log, 4, 'b'), default));
        Assert.IsType<AnchorReply.Refused>(await anchors.AnchorAsync(Anchor(Log, 0, 'b'), default));
        Assert.IsType<AnchorReply.Refused>(await anchors.AnchorAsync(new EvidenceAnchor("0x12", 9, "0x34"), default));
        var other = Assert.IsType<AnchorReply.Anchored>(await anchors.AnchorAsync(Anchor(Other, 2, 'c'), default));
        var larger = Assert.IsType<AnchorReply.Anchored>(await anchors.AnchorAsync(Anchor(Log, 9, 'd'), default));

        Assert.Equal(first.Receipt.Receipt.TransactionId, again.Receipt.Receipt.TransactionId);
        Assert.NotEmpty(same.Reason);
        Assert.Equal(larger.Receipt.Anchor, (await anchors.LatestAnchorAsync(Log, default))!.Anchor);
        Assert.Equal(other.Receipt.Anchor, (await anchors.LatestAnchorAsync(Other, default))!.Anchor);
        Assert.True(larger.Receipt.Receipt.Block > first.Receipt.Receipt.Block);
    }

    protected abstract Task<IEvidenceAnchors> CreateAsync();

    private static EvidenceAnchor Anchor(string log, long size, char digit) => new(log, size, "0x" + new string(digit, 64));
}
