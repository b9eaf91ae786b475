namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Rules compiled together: equal tests are one atom. Engines of any number and thread share one.</summary>
/// <remarks>
/// A rule is looked at only when one of its signs passes: tests of which at least one must pass for the rule to match, chosen for being rare. Rules of one origin are
/// brought into a <see cref="SigmaPlan"/> when the first record of it comes, which takes milliseconds for a thousand rules. All fields must be asked for before engines
/// on other threads run.
/// </remarks>
internal sealed class SigmaProgram
{
    /// <summary>Plans kept, and how often the rules may be in them together; whatever comes then uses one plan for all rules.</summary>
    private const int PlansMax = 64, CopiesMax = 8;

    private readonly Dictionary<string, int> _fields = new(StringComparer.Ordinal);
    private readonly List<SigmaAtom> _atoms = [];
    private readonly Dictionary<(int Field, string Test), int> _numbers = [];
    private readonly List<int> _uses = [];
    private readonly int[][] _atomsOfRule;
    private readonly int[]?[] _signsOfRule;
    private readonly int[] _sourceOfRule;
    private readonly Lock _planning = new();
    private readonly Dictionary<string, SigmaRoute> _routes = new(StringComparer.Ordinal);
    private int _rulesInPlans;
    private SigmaPlan? _general;

    /// <exception cref="ArgumentException">A rule lacks a placeholder's value.</exception>
    public SigmaProgram(IReadOnlyList<SigmaRule> rules)
    {
        if (rules.FirstOrDefault(rule => rule.MissingPlaceholders.Count > 0) is { } incomplete)
            throw new ArgumentException(
                $"'{incomplete.Title}' lacks a value of %{incomplete.MissingPlaceholders[0]}%.", nameof(rules));
        Rules = rules;
        _atomsOfRule = [.. rules.Select(rule => Number(rule.Condition))];
        Atoms = [.. _atoms];
        Conditions = [.. rules.Select(rule => Compile(rule.Condition))];
        _signsOfRule = [.. Conditions.Select(Signs)];
        Origins = new SigmaSources(FieldOf);
        Sources = [.. rules.Select(rule => rule.LogSource).Distinct()];
        var sources = Sources.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        _sourceOfRule = [.. rules.Select(rule => sources[rule.LogSource])];
    }

    /// <summary>Compiles the rules of a book. Those that lack a placeholder's value cannot run and are left out.</summary>
    public static SigmaProgram Of(SigmaRuleBook book) => new([.. book.Rules.Where(rule => rule.MissingPlaceholders.Count == 0)]);

    public IReadOnlyList<SigmaRule> Rules { get; }

    /// <summary>Different tests of all rules together.</summary>
    public SigmaAtom[] Atoms { get; }

    /// <summary>What must hold, by rule.</summary>
    public SigmaNode[] Conditions { get; }

    /// <summary>Different log sources of the rules.</summary>
    public SigmaLogSource[] Sources { get; }

    public SigmaSources Origins { get; }

    public int FieldCount => _fields.Count;

    /// <summary>Whether some rule looks for words within every value.</summary>
    public bool IsSearchedWhole => Array.Exists(Atoms, atom => atom.Field < 0);

    public Dictionary<string, int> Fields => _fields;

    public int[] AtomsOf(int rule) => _atomsOfRule[rule];

    /// <summary>Atoms of which at least one passes whenever the rule matches; null when it has to be looked at for every record.</summary>
    public int[]? SignsOf(int rule) => _signsOfRule[rule];

    /// <summary>The log source of a rule, as an index of <see cref="Sources"/>.</summary>
    public int SourceOf(int rule) => _sourceOfRule[rule];

    /// <summary>The index of a field. Records made before do not know fields asked for later.</summary>
    public int FieldOf(string name)
    {
        if (!_fields.TryGetValue(name, out var field))
            _fields[name] = field = _fields.Count;
        return field;
    }

    /// <summary>What is looked for in records that these log sources are about.</summary>
    /// <param name="fits">One for each of <see cref="Sources"/>.</param>
    public SigmaRoute RouteOf(bool[] fits)
    {
        var key = string.Create(fits.Length, fits, (text, all) =>
        {
            for (var i = 0; i < all.Length; i++)
                text[i] = all[i] ? '1' : '0';
        });
        lock (_planning)
        {
            if (_routes.TryGetValue(key, out var known))
                return known;
            int[] rules = [.. Enumerable.Range(0, Rules.Count).Where(rule => fits[_sourceOfRule[rule]])];
            if (_routes.Count >= PlansMax || _rulesInPlans + rules.Length > CopiesMax * Rules.Count)
                return new SigmaRoute(_general ??= new SigmaPlan(this, [.. Enumerable.Range(0, Rules.Count)]), [.. fits]);
            _rulesInPlans += rules.Length;
            return _routes[key] = new SigmaRoute(new SigmaPlan(this, rules), null);
        }
    }

    /// <summary>Gives the tests of a rule numbers; the same test of two rules has one.</summary>
    private int[] Number(SigmaExpression condition)
    {
        int[] atoms = [.. condition.Nodes().OfType<SigmaTerm>().Select(NumberOf).Distinct()];
        Array.ForEach(atoms, atom => _uses[atom]++);
        return atoms;
    }

    private int NumberOf(SigmaTerm term)
    {
        var field = term.Field.Length == 0 ? -1 : FieldOf(term.Field);
        var key = (field, SigmaTestKey.Of(term.Test));
        if (_numbers.TryGetValue(key, out var number))
            return number;
        _numbers[key] = number = _atoms.Count;
        _atoms.Add(new SigmaAtom(field, term.Test, FieldOf));
        _uses.Add(0);
        return number;
    }

    private SigmaNode Compile(SigmaExpression expression) => expression switch
    {
        SigmaAnd and => SomeNode.Of(and.Parts.Count, [.. and.Parts.Select(Compile)]),
        SigmaOr or => SomeNode.Of(1, [.. or.Parts.Select(Compile)]),
        SigmaSome some => SomeNode.Of(some.Least, [.. some.Parts.Select(Compile)]),
        SigmaNot not => new NotNode(Compile(not.Part)),
        SigmaTerm term => Node(NumberOf(term)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>What many rules ask for is likely to be met often.</summary>
    private AtomNode Node(int atom) =>
        new(atom, _atoms[atom].WatchingCost is var cost and >= 0 ? cost + _uses[atom] : -1, _atoms[atom].Weight);

    /// <summary>Words that cannot be found by a literal would have to be looked for in every value: their rules are looked at always.</summary>
    private int[]? Signs(SigmaNode condition) =>
        condition.Signs() is { } signs && !signs.Atoms.Any(atom => Atoms[atom].Field < 0 && !Atoms[atom].IsFound)
            ? [.. signs.Atoms]
            : null;
}
