using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Finds the atoms of one field that a value may pass, without asking most of them. Immutable.</summary>
/// <remarks>
/// What must be met whole is looked up by hash, what a value begins or ends with by its outermost bytes; only what may stand anywhere needs the value to be gone through, see
/// <see cref="SigmaGrams"/>.
/// </remarks>
internal sealed class SigmaLookup
{
    private readonly Dictionary<ulong, List<SigmaEntry>> _whole = [];
    private readonly SigmaAffixes? _starts, _ends;
    private readonly SigmaGrams? _within;
    private ulong _wholeLengths;

    /// <param name="atoms">Atoms that have an anchor, with the rules to be looked at when they pass.</param>
    public SigmaLookup(IReadOnlyList<(int Number, SigmaAtom Atom, int[] Rules)> atoms)
    {
        foreach (var (number, atom, rules) in atoms.Where(one => one.Atom.Anchor.Place == SigmaAnchorPlace.Whole))
            AddWhole(new SigmaEntry(number, atom.Anchor.Longest, atom.Anchor.IsExact, rules));
        _starts = Affixes(atoms, SigmaAnchorPlace.Start);
        _ends = Affixes(atoms, SigmaAnchorPlace.End);
        (IReadOnlyList<byte[]>, Func<byte[], SigmaEntry>)[] within =
        [
            .. atoms.Where(one => one.Atom.Anchor.Place == SigmaAnchorPlace.Anywhere).Select(one => (one.Atom.Anchor.Literals,
                (Func<byte[], SigmaEntry>)(literal => new SigmaEntry(one.Number, literal, one.Atom.Anchor.IsExact, one.Rules)))),
        ];
        _within = within.Length > 0 ? new SigmaGrams(within) : null;
    }

    /// <summary>Finds what a value passes or may pass.</summary>
    public void Find(ReadOnlySpan<byte> text, SigmaRun run)
    {
        if ((_wholeLengths & LengthBit(text.Length)) != 0 && _whole.TryGetValue(StableHash.Of(text), out var entries))
        {
            foreach (var entry in entries)
            {
                if (text.SequenceEqual(entry.Literal))
                    run.Find(entry);
            }
        }
        _starts?.Find(text, run);
        _ends?.Find(text, run);
        _within?.Find(text, run);
    }

    private void AddWhole(SigmaEntry entry)
    {
        var key = StableHash.Of(entry.Literal);
        if (!_whole.TryGetValue(key, out var entries))
            _whole[key] = entries = [];
        entries.Add(entry);
        _wholeLengths |= LengthBit(entry.Literal.Length);
    }

    /// <summary>Lengths from 63 on share a bit.</summary>
    private static ulong LengthBit(int length) => 1UL << Math.Min(length, 63);

    private static SigmaAffixes? Affixes(IReadOnlyList<(int Number, SigmaAtom Atom, int[] Rules)> atoms, SigmaAnchorPlace place)
    {
        SigmaAffixes? affixes = null;
        foreach (var (number, atom, rules) in atoms.Where(one => one.Atom.Anchor.Place == place))
            (affixes ??= new SigmaAffixes(place)).Add(new SigmaEntry(number, atom.Anchor.Longest, atom.Anchor.IsExact, rules));
        return affixes;
    }
}
