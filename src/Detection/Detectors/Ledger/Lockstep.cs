using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Detectors.Biometric;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Detectors.Ledger;

/// <summary>Nodes that are one: proposed together by one house, and voting alike within seconds, ballot after ballot.</summary>
/// <remarks>
/// A Sybil attack (Douceur 2002) shows in what its identities do: accounts that act on the same things at the same times are
/// found by CopyCatch (Beutel et al. 2013) and SynchroTrap (Cao et al. 2014) in batch. Here pairs are counted as votes come.
/// A vote within ten seconds of another on the same ballot, with the same choice, costs minus the log of how often two votes
/// on a ballot fall so, and a pair's ballots add up, so nodes that once agreed are nothing and those that always do are one.
/// Proposals cost the Poisson deviance of a house's last three days against the network's rate. Each pair teaches only by its
/// first three ballots. O(256) a vote, O(64) a proposal, nothing for other events; 0.1 MB in all.
/// </remarks>
internal sealed class Lockstep(string name) : IDetector
{
    private const int Together = 0, Alike = 1;
    private const int ProposalsMax = 64, VotesMax = 256;
    private const int ProposalMinutes = 3 * 24 * 60;
    private const long StepMs = 10_000, BallotMs = 24 * 3_600_000;
    private const int TeachingBallots = 3;
    private const double NatsMax = 200, FreeNats = 2, PairFreeNats = 4;
    private const float CasesMin = 20;

    private readonly Proposal[] _proposals = new Proposal[ProposalsMax];
    private readonly Vote[] _votes = new Vote[VotesMax];
    private readonly BoundedMap<Pair> _pairs = new(4_096);
    private Totals _totals;

    public string Name { get; } = name;

    public IReadOnlyList<string> PartNames { get; } = ["nodes of one house proposed within three days", "votes cast in lockstep with other nodes"];

    public long SizeBytes =>
        _pairs.SizeBytes + (ProposalsMax * 8) + (VotesMax * Marshal.SizeOf<Vote>()) + Marshal.SizeOf<Totals>();

    public double? Score(in Observation observed)
    {
        Span<SurprisePart> parts = stackalloc SurprisePart[1];
        return Explain(observed, parts) == 0 ? null : parts[0].Surprise;
    }

    public int Explain(in Observation observed, Span<SurprisePart> parts)
    {
        if (observed.Entity == 0 || observed.Channels == 0)
            return 0;
        if (observed.Channels == LedgerFeatures.ProposalChannel)
        {
            if (_totals.Proposals == 0)
                return 0;
            parts[0] = OfProposal(observed);
            return 1;
        }
        if (_totals.InStep.Cases < CasesMin)
            return 0;
        parts[0] = OfVote(observed);
        return 1;
    }

    public void Learn(in Observation observed, float trust)
    {
        if (observed.Entity == 0 || observed.Channels == 0)
            return;
        var minute = (int)(observed.AtMs / 60_000);
        if (observed.Channels == LedgerFeatures.ProposalChannel)
        {
            _totals.FirstMinute = _totals.Proposals == 0 ? minute : _totals.FirstMinute;
            _proposals[_totals.Proposals++ % ProposalsMax] = new Proposal { House = (uint)observed.Entity, Minute = minute };
            return;
        }
        foreach (ref readonly var vote in _votes.AsSpan())
        {
            if (!IsOther(vote, observed))
                continue;
            var isInStep = IsInStep(vote, observed);
            ref var pair = ref _pairs.Touch(PairKey(vote, observed), observed.AtMs, out _);
            if (pair.Ballots < TeachingBallots)
                _totals.InStep.Learn(isInStep, trust);
            pair.Ballots = Math.Min(pair.Ballots + 1, 1 << 20);
            pair.InStep = Math.Min(pair.InStep + (isInStep ? 1 : 0), 1 << 20);
        }
        _votes[_totals.Votes++ % VotesMax] = new Vote
        {
            AtMs = observed.AtMs,
            Ballot = (uint)observed.Categories[0],
            Node = (uint)observed.Entity,
            Choice = (uint)observed.Categories[1],
        };
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(MemoryMarshal.AsBytes(_proposals.AsSpan()));
        writer.Write(MemoryMarshal.AsBytes(_votes.AsSpan()));
        _pairs.Save(writer);
        Snapshots.SnapshotStructs.Write(writer, _totals);
    }

    public void Load(BinaryReader reader)
    {
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_proposals.AsSpan()));
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_votes.AsSpan()));
        _pairs.Load(reader);
        Snapshots.SnapshotStructs.Read(reader, ref _totals);
        if (_totals.Proposals < 0 || _totals.Votes < 0)
            throw new InvalidDataException("A negative number of proposals or votes.");
    }

    private SurprisePart OfProposal(in Observation observed)
    {
        var minute = (int)(observed.AtMs / 60_000);
        var count = 1.0;
        foreach (ref readonly var earlier in _proposals.AsSpan(0, Math.Min(_totals.Proposals, ProposalsMax)))
            count += earlier.House == (uint)observed.Entity && minute - earlier.Minute is >= 0 and <= ProposalMinutes ? 1 : 0;
        var days = Math.Max(3, (minute - _totals.FirstMinute) / 1_440.0);
        var mean = 3 * (_totals.Proposals + 0.5) / (days + 3);
        var nats = count <= mean ? 0 : (count * Math.Log(count / mean)) - count + mean;
        return new(Together, Math.Clamp(nats - FreeNats, 0, NatsMax), count, Math.Log(1 + mean), 0, Novelty.Known);
    }

    private SurprisePart OfVote(in Observation observed)
    {
        var (nats, partners) = (0.0, 0);
        foreach (ref readonly var vote in _votes.AsSpan())
        {
            if (!IsOther(vote, observed) || !IsInStep(vote, observed))
                continue;
            ref readonly var pair = ref _pairs.Find(PairKey(vote, observed));
            var times = Unsafe.IsNullRef(in pair) ? 1 : pair.InStep + 1;
            partners++;
            nats += Math.Max(0, (times * _totals.InStep.Nats) - PairFreeNats);
        }
        return new(Alike, Math.Min(nats, NatsMax), partners, Math.Log(1 + _totals.InStep.Share), 0, Novelty.Known);
    }

    /// <summary>Another node's vote on the same ballot, not long ago.</summary>
    private static bool IsOther(in Vote vote, in Observation observed) =>
        vote.Node != 0 && vote.Node != (uint)observed.Entity && vote.Ballot == (uint)observed.Categories[0]
        && observed.AtMs - vote.AtMs is >= 0 and <= BallotMs;

    private static bool IsInStep(in Vote vote, in Observation observed) =>
        vote.Choice == (uint)observed.Categories[1] && observed.AtMs - vote.AtMs <= StepMs;

    private static ulong PairKey(in Vote vote, in Observation observed) => Ingest.Events.StableHash.Combine(
        Math.Min(vote.Node, (uint)observed.Entity), 1UL + Math.Max(vote.Node, (uint)observed.Entity));

    private struct Proposal
    {
        public uint House;
        public int Minute;
    }

    private struct Vote
    {
        public long AtMs;
        public uint Ballot;
        public uint Node;
        public uint Choice;
    }

    /// <summary>Ballots two nodes both voted on, and those in lockstep. 8 bytes.</summary>
    private struct Pair
    {
        public int Ballots;
        public int InStep;
    }

    private struct Totals
    {
        public int Proposals;
        public int Votes;
        public int FirstMinute;
        public EventRate InStep;
    }
}
