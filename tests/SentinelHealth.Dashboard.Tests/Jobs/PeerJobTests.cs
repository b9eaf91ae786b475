using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Jobs;
using SentinelHealth.Dashboard.Tests.Fakes;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Jobs;

/// <summary>Two members on one ledger: each sees by the other's anchors whether it is alive.</summary>
public sealed class PeerJobTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_member_that_is_killed_is_noticed_by_another_within_the_time_it_was_promised()
    {
        var clock = new ManualClock(SomeCase.At);
        await using var watched = await SmallMonitor.OpenAsync(clock);
        await using var watching = await SmallMonitor.OpenAsync(clock, watched.Ledger);
        PeerSection[] peers = [new() { Name = "clinic-b", Log = watched.Parts.Evidence!.Signer.Keys[0].Id }];
        using var job = new PeerJob(watching.Parts, peers, NullLogger<PeerJob>.Instance);

        for (var minute = 0; minute < 6; minute++)
        {
            await BeatAsync(watched);
            await job.LookAsync(watching.Ledger, Cancel);
            Assert.Empty(watching.Parts.SourceWatch.Look(clock.GetUtcNow()));
            clock.Advance(TimeSpan.FromMinutes(1));
        }
        // From here on it is dead: nothing beats, nothing anchors.
        clock.Advance(TimeSpan.FromMinutes(3));
        await job.LookAsync(watching.Ledger, Cancel);
        Assert.Empty(watching.Parts.SourceWatch.Look(clock.GetUtcNow()));
        clock.Advance(TimeSpan.FromMinutes(2));
        await job.LookAsync(watching.Ledger, Cancel);
        await watching.Parts.Intake.AcceptAsync(SourceWatch.OwnSource, watching.Parts.SourceWatch.Look(clock.GetUtcNow()),
            Cancel);
        await watching.ScoreAsync();

        var alert = Assert.Single((await watching.Parts.Store.AlertsAsync(new(), null, 10, Cancel)).Items);
        Assert.Equal("source.silent", alert.Source);
        Assert.Contains("clinic-b", alert.Reason, StringComparison.Ordinal);
    }

    private static async Task BeatAsync(SmallMonitor monitor)
    {
        await monitor.Parts.Store.EnterEvidenceAsync(
            [CaseEvidence.Act(EvidenceKind.Heartbeat, "", monitor.Clock.GetUtcNow(), new { everySeconds = 60 })], Cancel);
        await monitor.AnchorAsync();
    }
}
