namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Rules compiled together: equal tests are run once, and most rules cost nothing for most records.</summary>
/// <remarks>
/// Rules whose log source cannot mean a record are not looked for in it; the others are looked at only when one of their signs passes, see <see cref="SigmaProgram"/>.
/// One owner thread; records come from <see cref="NewRecord"/>.
/// </remarks>
public sealed class SigmaRuleSet
{
    private readonly SigmaProgram _program;
    private readonly SigmaRoutes _routes;
    private readonly SigmaRun _run;

    /// <summary>Compiles rules. Those that lack a placeholder's value cannot run and are refused.</summary>
    /// <exception cref="ArgumentException">A rule lacks a placeholder's value.</exception>
    public SigmaRuleSet(IReadOnlyList<SigmaRule> rules)
        : this(new SigmaProgram(rules ?? throw new ArgumentNullException(nameof(rules))))
    {
    }

    /// <summary>Runs rules that are compiled already.</summary>
    internal SigmaRuleSet(SigmaProgram program)
    {
        _program = program;
        _routes = new SigmaRoutes(program);
        _run = new SigmaRun(program.Atoms, program.Rules.Count);
    }

    /// <summary>The rules, in the order of their numbers.</summary>
    public IReadOnlyList<SigmaRule> Rules => _program.Rules;

    /// <summary>Different tests of all rules together.</summary>
    public int TestCount => _program.Atoms.Length;

    /// <summary>Regular expressions that were given up for their time, and counted as no match.</summary>
    public long RegexTimeoutCount => _program.Atoms.Sum(atom => atom.TimeoutCount);

    /// <summary>Rules in the plan of the last record, and those of them that were looked at.</summary>
    internal (int Routed, int LookedAt) LastWork { get; private set; }

    /// <summary>A buffer for records of one shape.</summary>
    public SigmaRecord NewRecord(SigmaFieldMap map) => new(_program.Fields, map, _program.IsSearchedWhole);

    /// <summary>Numbers of the rules that match a record, ascending.</summary>
    /// <param name="record">A record that was read.</param>
    /// <param name="matches">Receives them; emptied first.</param>
    public void Match(SigmaRecord record, List<int> matches)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(matches);
        matches.Clear();
        var route = _routes.Of(record);
        _run.Begin(record);
        route.Plan.Find(record, _run);
        foreach (var rule in _run.Rules)
        {
            if ((route.Fits is null || route.Fits[_program.SourceOf(rule)]) && _program.Conditions[rule].Holds(_run))
                matches.Add(rule);
        }
        LastWork = (route.Plan.RuleCount, _run.Rules.Length);
        if (matches.Count > 1)
            matches.Sort();
    }

    /// <summary>The index of a field. Records made before do not know fields asked for later.</summary>
    internal int FieldOf(string name) => _program.FieldOf(name);
}
