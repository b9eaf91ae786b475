using SentinelHealth.Detection.Detectors.Ledger;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Tests.Detectors;

/// <summary>Crowds, lockstep, model updates and settlements: found where they are, and left alone where they are honest.</summary>
public sealed class LedgerDetectorTests
{
    private const long HourMs = 3_600_000, DayMs = 24 * HourMs;
    private readonly Random _random = new(41);
    private long _atMs = new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    [Fact]
    public void Twelve_accounts_from_one_new_network_are_a_crowd_and_one_busy_account_is_none()
    {
        var crowd = new GroupBurst("crowd", new FeatureSchema(["from this network"], []));
        for (var i = 0; i < 4_000; i++)
        {
            _atMs += HourMs / 20;
            crowd.Learn(InCrowd(account: i % 200, network: i % 100), 1);
        }
        double? busy = 0, last = 0;
        for (var i = 0; i < 50; i++)
        {
            busy = Math.Max(busy.Value, crowd.Score(InCrowd(account: 900, network: 555)) ?? 0);
            crowd.Learn(InCrowd(account: 900, network: 555), 1);
        }
        for (var account = 1_000; account < 1_012; account++)
        {
            last = crowd.Score(InCrowd(account, network: 666));
            crowd.Learn(InCrowd(account, network: 666), 1);
        }
        Assert.Equal(0, busy);
        Assert.True(last > 5, $"{last}");
    }

    [Fact]
    public void Votes_in_lockstep_ballot_after_ballot_are_strange_and_agreement_at_different_times_is_not()
    {
        var lockstep = new Lockstep("membership");
        var (ofTwins, ofOthers) = (0.0, 0.0);
        for (var ballot = 0; ballot < 12; ballot++)
        {
            for (var node = 1; node <= 8; node++)
            {
                _atMs += 400_000 + _random.Next(0, 900_000);
                ofOthers = Math.Max(ofOthers, Vote(lockstep, node, ballot));
            }
            for (var twin = 21; twin <= 24; twin++)
            {
                _atMs += 800;
                ofTwins = Vote(lockstep, twin, ballot);
            }
        }
        Assert.True(ofTwins > 20, $"{ofTwins}");
        Assert.True(ofOthers < 3, $"{ofOthers}");
    }

    [Fact]
    public void Five_nodes_of_one_house_in_a_day_are_strange_where_one_a_week_is_usual()
    {
        var lockstep = new Lockstep("membership");
        for (var week = 0; week < 10; week++, _atMs += 7 * DayMs)
            Propose(lockstep, house: week % 5);
        Assert.Equal(0, Propose(lockstep, house: 1));
        var last = 0.0;
        for (var i = 0; i < 5; i++, _atMs += HourMs)
            last = Propose(lockstep, house: 9);
        Assert.True(last > 3, $"{last}");
    }

    [Fact]
    public void An_update_of_another_size_or_direction_is_strange_at_once_and_a_slight_turn_in_the_long_run()
    {
        var updates = TaughtUpdates();
        Assert.True(Update(updates, member: 1, norm: 8, cosine: 0.86, round: 900) > 5);
        Assert.True(Update(updates, member: 2, norm: 1, cosine: 0.1, round: 900) > 5);

        var (first, last) = (Update(updates, member: 3, norm: 1, cosine: 0.78, round: 900), 0.0);
        for (var round = 901; round < 925; round++)
            last = Update(updates, member: 3, norm: 1, cosine: 0.78, round);
        Assert.True(first < 1, $"{first}");
        Assert.True(last > 4, $"{last}");
    }

    [Fact]
    public void Sending_an_update_once_more_is_forgiven_and_five_in_one_round_are_not()
    {
        var updates = TaughtUpdates();
        double[] scores = [.. Enumerable.Range(0, 5).Select(_ => Update(updates, member: 4, norm: 1, cosine: 0.86, round: 950))];
        Assert.Equal(0, scores[1], 9);
        Assert.True(scores[4] > 6, $"{scores[4]}");
    }

    [Fact]
    public void An_update_without_provenance_is_strange_where_all_have_one()
    {
        var updates = TaughtUpdates();
        Assert.True(Update(updates, member: 5, norm: 1, cosine: 0.86, round: 960, isUnattributed: true) > 3);
    }

    [Fact]
    public void Claims_for_patients_nobody_saw_add_up_and_one_is_forgiven()
    {
        var settlement = TaughtSettlement();
        var first = Claim(settlement, account: 3, amount: 101.37, isUnseen: true);
        var last = 0.0;
        for (var i = 0; i < 6; i++)
            last = Claim(settlement, account: 3, amount: 150.11 + i, isUnseen: true);
        Assert.True(first < 3, $"{first}");
        Assert.True(last > 5, $"{last}");
        Assert.Equal(0, Claim(settlement, account: 4, amount: 77.77, isUnseen: false));
    }

    [Fact]
    public void The_same_amount_to_the_cent_again_and_again_is_strange()
    {
        var settlement = TaughtSettlement();
        var last = 0.0;
        for (var i = 0; i < 4; i++)
            last = Claim(settlement, account: 5, amount: 432.10, isUnseen: false);
        Assert.True(last > 8, $"{last}");
        _atMs += 30 * DayMs;
        Assert.Equal(0, Claim(settlement, account: 5, amount: 432.10, isUnseen: false));
    }

    private ModelUpdate TaughtUpdates()
    {
        var updates = new ModelUpdate("model-update", 256);
        for (var round = 0; round < 60; round++)
        {
            for (var member = 1; member <= 6; member++)
                Update(updates, member, 1 + Noise(0.09), 0.86 + Noise(0.045), round);
        }
        return updates;
    }

    private double Update(ModelUpdate updates, int member, double norm, double cosine, int round, bool isUnattributed = false)
    {
        var seen = new Observation
        {
            AtMs = _atMs += HourMs,
            Entity = Key(member),
            Peers = 1,
            Numbers = new[] { norm, cosine, round, isUnattributed ? 1 : 0 },
        };
        var score = updates.Score(seen) ?? 0;
        updates.Learn(seen, 1);
        return score;
    }

    private Settlement TaughtSettlement()
    {
        var settlement = new Settlement("settlement", 256);
        for (var i = 0; i < 600; i++)
            Claim(settlement, account: i % 12, Math.Round(100 * Math.Exp(_random.NextDouble()), 2), _random.NextDouble() < 0.01);
        return settlement;
    }

    private double Claim(Settlement settlement, int account, double amount, bool isUnseen)
    {
        var seen = new Observation
        {
            AtMs = _atMs += HourMs / 4,
            Entity = Key(account),
            Peers = 1,
            Categories = new[] { 7ul, 0ul },
            Numbers = new[] { amount, isUnseen ? 1 : 0, double.NaN, double.NaN },
            Channels = LedgerFeatures.ClaimChannel,
        };
        var score = settlement.Score(seen) ?? 0;
        settlement.Learn(seen, 1);
        return score;
    }

    private double Vote(Lockstep lockstep, int node, int ballot)
    {
        var seen = new Observation
        {
            AtMs = _atMs,
            Entity = Key(node),
            Peers = 1,
            Categories = new[] { 1_000 + (ulong)ballot, 2ul },
            Channels = LedgerFeatures.VoteChannel,
        };
        var score = lockstep.Score(seen) ?? 0;
        lockstep.Learn(seen, 1);
        return score;
    }

    private double Propose(Lockstep lockstep, int house)
    {
        var seen = new Observation
        {
            AtMs = _atMs,
            Entity = Key(house),
            Peers = 1,
            Categories = new ulong[2],
            Channels = LedgerFeatures.ProposalChannel,
        };
        var score = lockstep.Score(seen) ?? 0;
        lockstep.Learn(seen, 1);
        return score;
    }

    private Observation InCrowd(int account, int network) => new()
    {
        AtMs = _atMs,
        Entity = Ingest.Events.StableHash.Combine((ulong)account, 3),
        Peers = 1,
        Categories = new[] { Ingest.Events.StableHash.Combine((ulong)network, 4) },
    };

    private static ulong Key(int value) => Ingest.Events.StableHash.Combine((ulong)value, 9);

    private double Noise(double deviation) => deviation * 1.7 * ((2 * _random.NextDouble()) - 1);
}
