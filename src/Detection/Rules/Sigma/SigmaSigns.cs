namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What each rule is looked at for: atoms that the index finds, a field being there, or, when it may match without either, every record.</summary>
internal sealed class SigmaSigns
{
    private readonly List<int>?[] _rulesOfAtom;
    private readonly Dictionary<int, SortedSet<int>> _always = [];
    private readonly Dictionary<int, SortedSet<int>> _foreign = [];
    private readonly List<int> _without = [];

    private SigmaSigns(int atoms) => _rulesOfAtom = new List<int>?[atoms];

    /// <summary>Rules by the indexed atoms that are their signs.</summary>
    public int[][] RulesOfAtom => [.. _rulesOfAtom.Select(list => list?.ToArray() ?? [])];

    /// <summary>Rules that are looked at whatever the record says.</summary>
    public IReadOnlyList<int> Without => _without;

    public static SigmaSigns Of(IReadOnlyList<SigmaNode> conditions, IReadOnlyList<SigmaAtom> atoms, bool[] isIndexed)
    {
        var signs = new SigmaSigns(atoms.Count);
        for (var rule = 0; rule < conditions.Count; rule++)
        {
            var atomsOfRule = conditions[rule].Signs()?.Atoms;
            if (atomsOfRule is null || atomsOfRule.Any(atom => atoms[atom].Field < 0 && !isIndexed[atom]))
                signs._without.Add(rule);
            else
                signs.Add(rule, atomsOfRule, atoms, isIndexed);
        }
        return signs;
    }

    /// <summary>Rules that are looked at when a field is there.</summary>
    public IEnumerable<int> AlwaysOf(int field) => _always.GetValueOrDefault(field) ?? [];

    /// <summary>Rules that are looked at when a field has a value with a letter beyond ASCII.</summary>
    public IEnumerable<int> ForeignOf(int field) => _foreign.GetValueOrDefault(field) ?? [];

    private void Add(int rule, IReadOnlyList<int> atomsOfRule, IReadOnlyList<SigmaAtom> atoms, bool[] isIndexed)
    {
        foreach (var atom in atomsOfRule)
        {
            if (isIndexed[atom])
            {
                (_rulesOfAtom[atom] ??= []).Add(rule);
                continue;
            }
            var ofField = atoms[atom].IsPassedByAscii ? _always : _foreign;
            if (!ofField.TryGetValue(atoms[atom].Field, out var rules))
                ofField[atoms[atom].Field] = rules = [];
            rules.Add(rule);
        }
    }
}
