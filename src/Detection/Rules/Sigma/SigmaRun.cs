namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What is known while one record is matched: which atoms were asked, and which rules are to be looked at.</summary>
/// <remarks>Reused; a counter of records stands in for clearing.</remarks>
internal sealed class SigmaRun(SigmaAtom[] atoms, int[][] rulesOfAtom, int ruleCount)
{
    private readonly int[] _asked = new int[atoms.Length];
    private readonly bool[] _passed = new bool[atoms.Length];
    private readonly int[] _noted = new int[ruleCount];
    private readonly List<int> _rules = [];
    private SigmaRecord? _record;
    private int _turn;

    /// <summary>Rules that a passed atom is a sign of, each once.</summary>
    public IReadOnlyList<int> Rules => _rules;

    public void Begin(SigmaRecord record)
    {
        _record = record;
        _turn++;
        _rules.Clear();
    }

    /// <summary>Asks candidates, and notes the rules of those that pass.</summary>
    public void Ask(List<int> candidates)
    {
        foreach (var atom in candidates)
        {
            if (_asked[atom] != _turn && Passes(atom))
                Note(rulesOfAtom[atom]);
        }
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

    /// <summary>Whether the record passes an atom; asked once a record.</summary>
    public bool Passes(int atom)
    {
        if (_asked[atom] == _turn)
            return _passed[atom];
        _asked[atom] = _turn;
        return _passed[atom] = atoms[atom].IsMatch(_record!);
    }
}
