namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Rules compiled together: equal tests are run once, and most rules cost nothing for most records.</summary>
/// <remarks>
/// A rule is looked at only when one of its signs passes: tests of which at least one must pass for the rule to match, chosen for
/// being rare. One owner thread; records come from <see cref="NewRecord"/>.
/// </remarks>
public sealed class SigmaRuleSet
{
    private readonly List<SigmaAtom> _atoms = [];
    private readonly Dictionary<(int Field, string Test), int> _numbers = [];
    private readonly Dictionary<string, int> _fields = new(StringComparer.Ordinal);
    private readonly SigmaNode[] _conditions;
    private readonly int[][][] _alwaysOfField, _foreignOfField;
    private readonly int[][] _withoutSign;
    private readonly SigmaIndex _index = new();
    private readonly SigmaRoutes _routes;
    private readonly SigmaRun _run;

    /// <summary>Compiles rules. Those that lack a placeholder's value cannot run and are refused.</summary>
    /// <exception cref="ArgumentException">A rule lacks a placeholder's value.</exception>
    public SigmaRuleSet(IReadOnlyList<SigmaRule> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        if (rules.FirstOrDefault(rule => rule.MissingPlaceholders.Count > 0) is { } incomplete)
            throw new ArgumentException($"'{incomplete.Title}' lacks a value of %{incomplete.MissingPlaceholders[0]}%.", nameof(rules));
        Rules = rules;
        _conditions = [.. rules.Select(rule => Compile(rule.Condition))];
        _routes = new SigmaRoutes(rules, new SigmaSources(FieldOf));
        bool[] isIndexed = [.. _atoms.Select((atom, number) => _index.TryAdd(number, atom))];
        var signs = SigmaSigns.Of(_conditions, _atoms, isIndexed);
        _alwaysOfField = [.. Enumerable.Range(0, _fields.Count).Select(field => _routes.Grouped(signs.AlwaysOf(field)))];
        _foreignOfField = [.. Enumerable.Range(0, _fields.Count).Select(field => _routes.Grouped(signs.ForeignOf(field)))];
        _withoutSign = _routes.Grouped(signs.Without);
        _run = new SigmaRun([.. _atoms], isIndexed, signs.RulesOfAtom, rules.Count);
    }

    /// <summary>The rules, in the order of their numbers.</summary>
    public IReadOnlyList<SigmaRule> Rules { get; }

    /// <summary>Different tests of all rules together.</summary>
    public int TestCount => _atoms.Count;

    /// <summary>Regular expressions that were given up for their time, and counted as no match.</summary>
    public long RegexTimeoutCount => _atoms.Sum(atom => atom.TimeoutCount);

    /// <summary>A buffer for records of one shape.</summary>
    public SigmaRecord NewRecord(SigmaFieldMap map) => new(_fields, map, _atoms.Exists(atom => atom.Field < 0));

    /// <summary>Numbers of the rules that match a record, ascending.</summary>
    /// <param name="record">A record that was read.</param>
    /// <param name="matches">Receives them; emptied first.</param>
    public void Match(SigmaRecord record, List<int> matches)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(matches);
        matches.Clear();
        _run.Begin(record);
        _routes.Begin(record);
        _index.Candidates(record, _run);
        foreach (var field in record.FieldsInUse)
        {
            if (field >= _alwaysOfField.Length)
                continue;
            NoteFitting(_alwaysOfField[field]);
            if (_foreignOfField[field].Length > 0 && !record.IsAsciiOf(field))
                NoteFitting(_foreignOfField[field]);
        }
        NoteFitting(_withoutSign);
        foreach (var rule in _run.Rules)
        {
            if (_routes.Fits(rule) && _conditions[rule].Holds(_run))
                matches.Add(rule);
        }
        matches.Sort();
    }

    /// <summary>Notes rules that are looked at whatever the record says, if their log source fits.</summary>
    private void NoteFitting(int[][] rulesBySource)
    {
        foreach (var rules in rulesBySource)
        {
            if (_routes.Fits(rules[0]))
                _run.Note(rules);
        }
    }

    private SigmaNode Compile(SigmaExpression expression) => expression switch
    {
        SigmaAnd and => new SomeNode(and.Parts.Count, [.. and.Parts.Select(Compile)]),
        SigmaOr or => new SomeNode(1, [.. or.Parts.Select(Compile)]),
        SigmaSome some => new SomeNode(some.Least, [.. some.Parts.Select(Compile)]),
        SigmaNot not => new NotNode(Compile(not.Part)),
        SigmaTerm term => Compile(term),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private AtomNode Compile(SigmaTerm term)
    {
        var field = term.Field.Length == 0 ? -1 : FieldOf(term.Field);
        var key = (field, SigmaTestKey.Of(term.Test));
        if (!_numbers.TryGetValue(key, out var number))
        {
            _numbers[key] = number = _atoms.Count;
            _atoms.Add(new SigmaAtom(field, term.Test, FieldOf));
        }
        return new AtomNode(number, SigmaTestKey.CostOf(term.Test), _atoms[number].Weight);
    }

    /// <summary>The index of a field. Records made before do not know fields asked for later.</summary>
    internal int FieldOf(string name)
    {
        if (!_fields.TryGetValue(name, out var field))
            _fields[name] = field = _fields.Count;
        return field;
    }
}
