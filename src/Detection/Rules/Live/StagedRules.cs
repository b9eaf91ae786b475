using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Detection.Rules.Live;

/// <summary>The written rules of a monitor with the stage of each. Immutable; engines of any number may use one.</summary>
/// <remarks>
/// A rule that a correlation refers to has no stage of its own: it runs with the correlations that need it. Rules in draft and
/// retired ones are known and not run.
/// </remarks>
public sealed class StagedRules
{
    private readonly Dictionary<SigmaDocument, StagedRule> _byDocument = new(ReferenceEqualityComparer.Instance);

    private readonly SigmaProgram _program;
    private SigmaEngine? _spare;

    private StagedRules(IReadOnlyList<StagedRule> rules, SigmaRuleBook running, IReadOnlyList<SigmaProblem> problems)
    {
        (Rules, Running, Problems) = (rules, running, problems);
        _program = SigmaProgram.Of(running);
        _spare = new SigmaEngine(running, _program);
        foreach (var document in running.Rules.Cast<SigmaDocument>().Concat(running.Correlations))
        {
            if (rules.FirstOrDefault(rule => rule.IsOf(document)) is { } rule)
                _byDocument[document] = rule;
        }
    }

    /// <summary>No rules.</summary>
    public static StagedRules Empty { get; } = Of([], new Dictionary<string, DetectorStage>());

    /// <summary>Every rule that can raise an alert of its own, in order of their names.</summary>
    public IReadOnlyList<StagedRule> Rules { get; }

    /// <summary>What was refused, and why.</summary>
    public IReadOnlyList<SigmaProblem> Problems { get; }

    /// <summary>The documents that run: those of rules in shadow and enforced, with what they refer to.</summary>
    public SigmaRuleBook Running { get; }

    /// <summary>Puts rules and stages together.</summary>
    /// <param name="files">What came of reading the files.</param>
    /// <param name="stages">What people decided, by the names of rules. A rule that is not named has the stage of its status.</param>
    public static StagedRules Of(IReadOnlyList<SigmaLoadResult> files, IReadOnlyDictionary<string, DetectorStage> stages)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(stages);
        var all = SigmaRuleBook.Of(files);
        var problems = new List<SigmaProblem>(all.Problems);
        var rules = new SortedDictionary<string, StagedRule>(StringComparer.Ordinal);
        foreach (var document in ReportingOf(all))
        {
            var rule = StagedRule.Of(document, stages);
            if (!rules.TryAdd(rule.Name, rule))
                problems.Add(new(document.File, document.Line, $"Another rule is called {rule.Name}, too; only one of them can run."));
        }
        var chosen = rules.Values.Where(rule => rule.Runs).ToList();
        return new StagedRules([.. rules.Values], SigmaRuleBook.Of(Needed(files, all, chosen)), problems);
    }

    /// <summary>An engine for these rules, with nothing remembered. The rules were compiled with them, once for all engines: nobody waits for that.</summary>
    internal SigmaEngine TakeEngine() => Interlocked.Exchange(ref _spare, null) ?? new SigmaEngine(Running, _program);

    /// <summary>The rule that a match is of; null for one that only others refer to.</summary>
    public StagedRule? Of(SigmaDocument document) => _byDocument.GetValueOrDefault(document);

    /// <summary>Documents that are told when they match: all that no correlation takes for itself.</summary>
    public static IEnumerable<SigmaDocument> ReportingOf(SigmaRuleBook all)
    {
        ArgumentNullException.ThrowIfNull(all);
        var taken = new HashSet<SigmaDocument>(ReferenceEqualityComparer.Instance);
        foreach (var correlation in all.Correlations.Where(correlation => !correlation.IsGenerating))
            taken.UnionWith(correlation.Referenced);
        return all.Rules.Cast<SigmaDocument>().Concat(all.Correlations).Where(document => !taken.Contains(document));
    }

    /// <summary>The files without the documents that neither run nor are referred to by one that does.</summary>
    private static List<SigmaLoadResult> Needed(
        IReadOnlyList<SigmaLoadResult> files, SigmaRuleBook all, IReadOnlyList<StagedRule> chosen)
    {
        var needed = new HashSet<(string File, long Line)>();
        foreach (var rule in chosen)
            Add(rule.Document);
        return [.. files.Select(file => file with
        {
            Rules = [.. file.Rules.Where(IsNeeded)],
            Correlations = [.. file.Correlations.Where(IsNeeded)],
            Problems = [],
        })];

        void Add(SigmaDocument document)
        {
            if (!needed.Add((document.File, document.Line)) || document is not SigmaCorrelation correlation)
                return;
            var linked = all.Correlations.FirstOrDefault(one => Same(one, correlation)) ?? correlation;
            foreach (var part in linked.Referenced)
                Add(part);
        }

        bool IsNeeded(SigmaDocument document) => needed.Contains((document.File, document.Line));
    }

    private static bool Same(SigmaDocument one, SigmaDocument other) => one.File == other.File && one.Line == other.Line;
}
