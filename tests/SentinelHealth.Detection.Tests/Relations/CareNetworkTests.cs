using SentinelHealth.Detection.Relations;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.Relations;

public class CareNetworkTests
{
    private const int HourMinutes = 60, DayMinutes = 24 * 60;
    private const ulong Nurses = 0x9_0000_0001;
    private const ulong Hospital = 0x7_0000_0001;

    private readonly CareNetwork _network = new(4_096, 16_384);

    [Fact]
    public void A_patient_nobody_met_has_no_tie()
    {
        var tie = _network.TieOf(Care(actor: 1, patient: 1, minute: 0));

        Assert.Equal(default, tie);
        Assert.True(tie.IsUnexplained);
        Assert.Equal("no known tie", tie.ToString());
    }

    [Fact]
    public void A_visit_does_not_explain_itself_and_an_earlier_day_does()
    {
        _network.Learn(Care(1, 1, minute: 0), 1);

        Assert.False(_network.TieOf(Care(1, 1, minute: 30)).IsPersonal);
        Assert.True(_network.TieOf(Care(1, 1, minute: DayMinutes)).IsPersonal);
        Assert.False(_network.TieOf(Care(1, 1, minute: 60 * DayMinutes)).IsPersonal);
    }

    [Fact]
    public void What_was_flagged_does_not_become_an_acquaintance()
    {
        _network.Learn(Care(1, 1, minute: 0), 0.1f);
        _network.Learn(Care(2, 1, minute: 0), 1);

        Assert.False(_network.TieOf(Care(1, 1, minute: DayMinutes)).IsPersonal);
    }

    [Fact]
    public void A_permission_in_person_is_a_tie_and_one_to_somebody_else_is_not()
    {
        _network.Learn(Care(5, 1, 0) with { IsCare = false, IsEncounter = true, Grantee = 1 }, 1);

        Assert.True(_network.TieOf(Care(1, 1, minute: 10)).IsPersonal);
        Assert.False(_network.TieOf(Care(2, 1, minute: 10)).IsPersonal);
    }

    [Fact]
    public void Being_seen_at_the_house_counts_for_three_days_and_for_that_house()
    {
        _network.Learn(Care(5, 1, 0) with { IsEncounter = true }, 1);

        Assert.True(_network.TieOf(Care(1, 1, 2 * DayMinutes)).IsEncounter);
        Assert.False(_network.TieOf(Care(1, 1, 4 * DayMinutes)).IsEncounter);
        Assert.False(_network.TieOf(Care(1, 1, HourMinutes) with { Organization = 99 }).IsEncounter);
    }

    [Fact]
    public void Teams_are_learned_from_shared_patients()
    {
        // Two wards: nurses 1..4 share patients 1..40, nurses 11..14 share patients 101..140.
        for (var patient = 0ul; patient < 40; patient++)
        {
            for (var nurse = 1ul; nurse <= 4; nurse++)
            {
                _network.Learn(Care(nurse, 1 + patient, (int)patient * 60), 1);
                _network.Learn(Care(10 + nurse, 101 + patient, (int)patient * 60), 1);
            }
        }
        var now = 41 * 60;
        _network.Learn(Care(2, 500, now), 1);
        _network.Learn(Care(3, 500, now), 1);

        Assert.Equal(Closeness.Team, _network.TieOf(Care(1, 500, now + 5)).Peers);
        Assert.False(_network.TieOf(Care(1, 500, now + 5)).IsUnexplained);
        Assert.Equal(Closeness.Strangers, _network.TieOf(Care(11, 500, now + 5)).Peers);
        Assert.True(_network.TieOf(Care(11, 500, now + 5)).IsUnexplained);
    }

    [Fact]
    public void Asking_changes_nothing_and_a_reloaded_network_answers_alike()
    {
        var random = new Random(4);
        for (var i = 0; i < 3_000; i++)
            _network.Learn(Some(random, i), 1);
        var before = Saved(_network);
        var copy = new CareNetwork(4_096, 16_384);
        copy.Load(new BinaryReader(new MemoryStream(before)));

        for (var i = 0; i < 1_000; i++)
        {
            var asked = Some(random, 3_000 + i);
            Assert.Equal(_network.TieOf(asked), copy.TieOf(asked));
        }
        Assert.Equal(before, Saved(_network));
    }

    [Fact]
    public void Events_say_who_deals_with_whom()
    {
        var read = Dealing.Of(SentinelHealth.Testing.Some.LedgerTransaction(
            ("contract", "AccessRegistry"), ("method", "recordAccess"), ("subject", "patient:1"), ("status", "success")), Nurses);
        var failed = Dealing.Of(SentinelHealth.Testing.Some.LedgerTransaction(
            ("contract", "AccessRegistry"), ("method", "recordAccess"), ("subject", "patient:1"), ("status", "reverted")), Nurses);
        var grant = Dealing.Of(SentinelHealth.Testing.Some.LedgerTransaction(
            ("contract", "AccessRegistry"), ("method", "grantAccess"), ("subject", "patient:1"), ("args", new { grantee = "did:x" })), Nurses);

        Assert.True(read.IsCare && read.Patient == StableHash.Of("patient:1") && !read.IsEncounter);
        Assert.False(failed.IsCare);
        Assert.True(grant.IsEncounter && grant.Grantee == StableHash.Of("did:x") && !grant.IsCare);
    }

    private static Dealing Some(Random random, int minute) => new(
        (ulong)random.Next(1, 40), Nurses, Hospital, (ulong)random.Next(1, 200), minute, true, random.Next(3) == 0,
        random.Next(8) == 0 ? (ulong)random.Next(1, 40) : 0);

    private static Dealing Care(ulong actor, ulong patient, int minute) =>
        // 29 million minutes since 1970 is a day in 2026.
        new(actor, Nurses, Hospital, StableHash.Combine(patient, 3), 29_900_000 + minute, true, false, 0);

    private static byte[] Saved(CareNetwork network)
    {
        var stream = new MemoryStream();
        network.Save(new BinaryWriter(stream));
        return stream.ToArray();
    }
}
