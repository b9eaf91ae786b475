using System.Buffers.Binary;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Finds the atoms that a record may pass, without asking most of them.</summary>
/// <remarks>
/// Texts that must be met whole are looked up by hash. For patterns, four bytes of their longest literal are looked for at every position of every
/// value: a bitmap of 64 KiB turns nearly all positions away, in the spirit of Wu and Manber (1994). What has no such text is asked
/// whenever its field is there. O(bytes of the record) plus candidates.
/// </remarks>
internal sealed class SigmaIndex
{
    private const int GramBytes = 4;
    private const int FilterBits = 1 << 19;

    private readonly Dictionary<ulong, List<int>> _whole = [];
    private readonly Dictionary<uint, List<int>> _grams = [];
    private readonly ulong[] _filter = new ulong[FilterBits / 64];
    private readonly Dictionary<int, List<int>> _ofField = [];

    /// <summary>Adds an atom. Whatever passes it, it is found as a candidate.</summary>
    public void Add(int number, SigmaAtom atom)
    {
        if (atom.Test is TextTest { Pattern: { IsCased: false } pattern })
        {
            if (pattern.Whole is { } whole && atom.Field >= 0)
            {
                Put(_whole, WholeKey(atom.Field, whole), number);
                return;
            }
            var literal = pattern.LongestLiteral;
            if (literal.Length >= GramBytes)
            {
                var gram = RarestGram(literal);
                Put(_grams, gram, number);
                var bit = BitOf(gram);
                _filter[bit >> 6] |= 1UL << (bit & 63);
                return;
            }
        }
        Put(_ofField, atom.Field, number);
    }

    /// <summary>Tells every candidate, some of them several times.</summary>
    public void Candidates(SigmaRecord record, SigmaRun run)
    {
        for (var value = 0; value < record.ValueCount; value++)
        {
            var text = record.LowerText(value);
            foreach (var target in record.FieldsOf(value))
            {
                // A value of null is there, too: some tests ask for no more.
                if (_ofField.TryGetValue(target.Field, out var always))
                    run.Ask(always);
                if (_whole.TryGetValue(WholeKey(target.Field, text), out var whole))
                    run.Ask(whole);
            }
            for (var at = 0; at + GramBytes <= text.Length; at++)
            {
                var gram = BinaryPrimitives.ReadUInt32LittleEndian(text[at..]);
                var bit = BitOf(gram);
                if ((_filter[bit >> 6] & (1UL << (bit & 63))) != 0 && _grams.TryGetValue(gram, out var atoms))
                    run.Ask(atoms);
            }
        }
        if (_ofField.TryGetValue(-1, out var anywhere))
            run.Ask(anywhere);
    }

    private static ulong WholeKey(int field, ReadOnlySpan<byte> text) =>
        StableHash.Combine((ulong)field + 1, StableHash.Of(text));

    private static int BitOf(uint gram) => (int)((gram * 2_654_435_761u) >> 13);

    /// <summary>The four bytes that fewest other atoms use, so that candidates stay few.</summary>
    private uint RarestGram(byte[] literal)
    {
        var (rarest, users) = (0u, int.MaxValue);
        for (var at = 0; at + GramBytes <= literal.Length; at++)
        {
            var gram = BinaryPrimitives.ReadUInt32LittleEndian(literal.AsSpan(at));
            var count = _grams.TryGetValue(gram, out var atoms) ? atoms.Count : 0;
            if (count < users)
                (rarest, users) = (gram, count);
        }
        return rarest;
    }

    private static void Put<TKey>(Dictionary<TKey, List<int>> lists, TKey key, int number)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
            lists[key] = list = [];
        list.Add(number);
    }
}
