using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Finds the atoms that a record may pass, without asking most of them.</summary>
/// <remarks>
/// Texts that must be met whole are looked up by hash. Patterns and regular expressions are found by four bytes of a literal they need, see
/// <see cref="SigmaGrams"/>. O(bytes of the record) plus candidates.
/// </remarks>
internal sealed class SigmaIndex
{
    private readonly Dictionary<ulong, List<int>> _whole = [];
    private readonly HashSet<int> _fieldsWithWhole = [];
    private readonly SigmaGrams _grams = new();
    private readonly SigmaGrams _wordGrams = new();

    /// <summary>Adds an atom: whatever passes it, it is found as a candidate. False when it cannot be found by what it looks for.</summary>
    public bool TryAdd(int number, SigmaAtom atom)
    {
        if (atom is { Test: TextTest { Pattern: { IsCased: false, Whole: { } whole } }, Field: >= 0 })
        {
            var key = WholeKey(atom.Field, whole);
            if (!_whole.TryGetValue(key, out var list))
                _whole[key] = list = [];
            list.Add(number);
            _fieldsWithWhole.Add(atom.Field);
            return true;
        }
        var literal = atom.NeededLiteral;
        if (literal.Length < SigmaGrams.GramBytes)
            return false;
        _grams.Add(literal, atom.Field, number);
        if (atom.Field < 0)
            _wordGrams.Add(literal, atom.Field, number);
        return true;
    }

    /// <summary>Finds every candidate.</summary>
    public void Candidates(SigmaRecord record, SigmaRun run)
    {
        for (var value = 0; value < record.ValueCount; value++)
        {
            var text = record.LowerText(value);
            var fields = record.FieldsOf(value);
            foreach (var target in fields)
            {
                if (_fieldsWithWhole.Contains(target.Field) && _whole.TryGetValue(WholeKey(target.Field, text), out var whole))
                {
                    foreach (var atom in whole)
                        run.Find(atom);
                }
            }
            // A value that no rule asks for by name can hold searched words only.
            (fields.IsEmpty ? _wordGrams : _grams).Candidates(text, fields, run);
        }
    }

    private static ulong WholeKey(int field, ReadOnlySpan<byte> text) =>
        StableHash.Combine((ulong)field + 1, StableHash.Of(text));
}
