using System.Runtime.InteropServices;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What is known while one record is matched: which atoms were asked, and which rules are to be looked at.</summary>
/// <remarks>Reused; a counter of records stands in for clearing.</remarks>
internal sealed class SigmaRun(SigmaAtom[] atoms, bool[] isIndexed, int[][] rulesOfAtom, int ruleCount)
{
    private readonly int[] _asked = new int[atoms.Length];
    private readonly int[] _found = new int[atoms.Length];
    private readonly bool[] _passed = new bool[atoms.Length];
    private readonly int[] _noted = new int[ruleCount];
    private readonly List<int> _rules = [];
    private SigmaRecord? _record;
    private int _turn;

    /// <summary>Rules that are to be looked at, each once.</summary>
    public ReadOnlySpan<int> Rules => CollectionsMarshal.AsSpan(_rules);

    public void Begin(SigmaRecord record)
    {
        _record = record;
        _turn++;
        _rules.Clear();
    }

    /// <summary>Takes an atom that the index found, and notes the rules that it is a sign of if it passes.</summary>
    public void Find(int atom)
    {
        if (_found[atom] == _turn)
            return;
        _found[atom] = _turn;
        if (rulesOfAtom[atom].Length > 0 && Passes(atom))
            Note(rulesOfAtom[atom]);
    }

    /// <summary>Notes rules to be looked at.</summary>
    public void Note(int[] rules)
    {
        foreach (var rule in rules)
        {
            if (_noted[rule] == _turn)
                continue;
            _noted[rule] = _turn;
            _rules.Add(rule);
        }
    }

    /// <summary>Whether the record passes an atom; asked once a record. What the index would have found and did not, does not pass.</summary>
    public bool Passes(int atom)
    {
        if (_asked[atom] == _turn)
            return _passed[atom];
        if (isIndexed[atom] && _found[atom] != _turn)
            return false;
        _asked[atom] = _turn;
        return _passed[atom] = atoms[atom].IsMatch(_record!);
    }
}
