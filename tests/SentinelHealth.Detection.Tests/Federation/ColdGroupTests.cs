using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Features;
using SentinelHealth.Detection.Federation;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Tests.Federation;

public class ColdGroupTests
{
    private const int Reads = 1, ReadChannel = 1 << Reads;
    private const long Hour = 3_600_000;

    [Fact]
    public void A_group_without_history_is_judged_by_what_other_sites_find_usual_until_it_has_its_own()
    {
        var shared = PeerBaseline.Of(Sites.Honest);
        var alone = new Volume("volume", HealthFeatures.Schema, 64, 64);
        var joined = new Volume("volume", HealthFeatures.Schema, 64, 64, shared);
        for (var i = 0; i < 400; i++)
        {
            alone.Learn(At(i), 1);
            joined.Learn(At(i), 1);
        }

        Assert.Null(alone.Score(At(400)));
        Assert.True(joined.Score(At(400)) > 5, "Four hundred reads within ten minutes are not usual anywhere.");
        Assert.Null(joined.Score(At(400, "no role that others have")));
    }

    [Fact]
    public void What_a_group_knows_itself_is_not_diluted()
    {
        var shared = PeerBaseline.Of(Sites.Honest);
        var alone = new Volume("volume", HealthFeatures.Schema, 64, 64);
        var joined = new Volume("volume", HealthFeatures.Schema, 64, 64, shared);
        for (var day = 0; day < 60; day++)
        {
            for (var i = 0; i < 40; i++)
            {
                alone.Learn(At((day * 24 * Hour) + i), 1);
                joined.Learn(At((day * 24 * Hour) + i), 1);
            }
        }

        Assert.Equal(alone.Score(At(61 * 24 * Hour)), joined.Score(At(61 * 24 * Hour)));
    }

    private static Observation At(long atMs, string role = "clinician") => new()
    {
        AtMs = atMs,
        Entity = 7,
        Peers = 8,
        Role = StableHash.Of(role),
        Categories = new ulong[10],
        Channels = ReadChannel,
    };
}
