using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Snapshots;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules;

/// <summary>
/// Nodes that ask to join must not be copies of each other: fingerprints of independent machines agree in one digit of sixteen.
/// </summary>
/// <remarks>
/// A Sybil attack (Douceur 2002) multiplies one machine into many votes. Two fingerprints of at least 16 characters that agree in
/// half of their places or more come from one source: by chance 32 hexadecimal digits do so once in thirty billion. Compared with the last
/// 128 proposals; 64 KB in all. O(128 · 64) for a proposal, nothing for other events.
/// </remarks>
internal sealed class LookAlikeRules : IRuleSet
{
    private const int ProposalsMax = 128;
    private const int CharactersMin = 16;

    private readonly Proposal[] _proposals = new Proposal[ProposalsMax];
    private int _count;

    public void Observe(SentinelEvent observed, List<RuleMatch> matches)
    {
        if (!observed.Is(TextField.Method, "proposeNode"u8))
            return;
        Span<byte> text = stackalloc byte[256];
        var fingerprint = observed.ArgText("fingerprint"u8, text);
        if (fingerprint.Length < CharactersMin)
            return;
        var proposal = Proposal.Of(observed.ArgKey("nodeId"u8), fingerprint);
        var copies = 0;
        foreach (ref readonly var earlier in _proposals.AsSpan(0, Math.Min(_count, ProposalsMax)))
            copies += earlier.NodeId != proposal.NodeId && earlier.IsLike(proposal) ? 1 : 0;
        if (copies > 0)
            matches.Add(Match(observed, copies));
        _proposals[_count++ % ProposalsMax] = proposal;
    }

    public void Witness(SentinelEvent observed, List<RuleMatch> matches) => Observe(observed, matches);

    public void Save(BinaryWriter writer)
    {
        writer.Write(_count);
        foreach (var proposal in _proposals)
            SnapshotStructs.Write(writer, proposal);
    }

    public void Load(BinaryReader reader)
    {
        _count = reader.ReadInt32();
        if (_count < 0)
            throw new InvalidDataException("A negative number of proposals.");
        for (var i = 0; i < ProposalsMax; i++)
            SnapshotStructs.Read(reader, ref _proposals[i]);
    }

    private static RuleMatch Match(SentinelEvent observed, int copies)
    {
        var node = EventEntities.Node(observed);
        var actor = EventEntities.Actor(observed);
        return new RuleMatch(
            BuiltInRules.NodeLookAlike, actor, observed.TextOf(TextField.Id),
            $"{ConsentRules.Capital(EventEntities.Who(observed))} proposed {EventEntities.Arg(observed, "nodeId"u8)}, "
            + FormattableString.Invariant($"whose fingerprint is nearly that of {copies} other proposed {(copies == 1 ? "node" : "nodes")}."),
            FormattableString.Invariant($"{copies} look-alike"), "a machine of its own", [node, .. Proposed(observed)]);
    }

    private static IEnumerable<Alerts.EntityRef> Proposed(SentinelEvent observed)
    {
        if (observed.ArgKey("nodeId"u8) != 0)
            yield return new Alerts.EntityRef(Alerts.EntityType.Node, EventEntities.Arg(observed, "nodeId"u8));
    }

    /// <summary>The beginning of a proposed node's fingerprint, 80 bytes.</summary>
    private struct Proposal
    {
        private const int CharactersMax = 64;

        private Characters _characters;
        private int _length;

        public ulong NodeId { get; private set; }

        public static Proposal Of(ulong nodeId, ReadOnlySpan<byte> fingerprint)
        {
            var proposal = new Proposal { NodeId = nodeId };
            // What all fingerprints of a kind begin with says nothing about the machine.
            fingerprint = fingerprint.StartsWith("0x"u8) ? fingerprint[2..] : fingerprint;
            proposal._length = Math.Min(fingerprint.Length, CharactersMax);
            fingerprint[..proposal._length].CopyTo(proposal._characters);
            return proposal;
        }

        [UnscopedRef]
        public readonly bool IsLike(in Proposal other)
        {
            if (_length != other._length)
                return false;
            var alike = 0;
            for (var i = 0; i < _length; i++)
                alike += _characters[i] == other._characters[i] ? 1 : 0;
            return 2 * alike >= _length;
        }

        [InlineArray(CharactersMax)]
        private struct Characters
        {
            private byte _first;
        }
    }
}
