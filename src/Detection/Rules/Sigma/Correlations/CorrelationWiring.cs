namespace SentinelHealth.Detection.Rules.Sigma.Correlations;

/// <summary>Connects correlations with the rules and correlations they are about.</summary>
internal sealed class CorrelationWiring
{
    private readonly Dictionary<SigmaDocument, int> _ruleNumbers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<SigmaDocument, Correlator> _correlators = new(ReferenceEqualityComparer.Instance);
    private readonly Func<string, int> _fieldOf;

    /// <param name="rules">Rules in the order of their numbers.</param>
    /// <param name="correlations">Linked correlations; each stands after those it is about.</param>
    /// <param name="context">What they share.</param>
    /// <param name="fieldOf">Indices of record fields.</param>
    public CorrelationWiring(
        IReadOnlyList<SigmaRule> rules, IReadOnlyList<SigmaCorrelation> correlations, CorrelationContext context,
        Func<string, int> fieldOf)
    {
        _fieldOf = fieldOf;
        for (var rule = 0; rule < rules.Count; rule++)
            _ruleNumbers[rules[rule]] = rule;
        foreach (var correlation in correlations.Where(correlation => correlation.MissingPlaceholders.Count == 0))
            _correlators[correlation] = new Correlator(correlation, context);
        Correlators = [.. _correlators.Values];
        IsSilent = new bool[rules.Count];
        var parents = rules.Select(_ => new List<(Correlator, int)>()).ToList();
        // From the top: what a correlation asks of those below it has to be known before they are bound.
        foreach (var correlator in Correlators.Reverse())
            Connect(correlator, parents);
        Silence();
        ParentsOfRules = [.. parents.Select(list => list.ToArray())];
    }

    /// <summary>Each stands after those it is about.</summary>
    public Correlator[] Correlators { get; }

    /// <summary>For each rule the correlations that are about it, and its place in them.</summary>
    public (Correlator Parent, int Rule)[][] ParentsOfRules { get; }

    /// <summary>Rules that are not told on their own.</summary>
    public bool[] IsSilent { get; }

    private void Connect(Correlator correlator, List<List<(Correlator, int)>> parents)
    {
        for (var place = 0; place < correlator.Correlation.Referenced.Count; place++)
        {
            var (document, reference) = (correlator.Correlation.Referenced[place], correlator.Correlation.Rules[place]);
            var fields = correlator.Slots.Names.Select(name => correlator.Correlation.FieldOf(name, reference));
            if (_correlators.TryGetValue(document, out var below))
            {
                correlator.Bind(place, [.. fields.Select(below.Slots.SlotFor)]);
                below.AddParent(correlator, place);
            }
            else
            {
                correlator.Bind(place, [.. fields.Select(_fieldOf)]);
                parents[_ruleNumbers[document]].Add((correlator, place));
            }
        }
    }

    /// <summary>"If only the correlation query should be generated (default)": a rule is told when one of the correlations about it generates.</summary>
    private void Silence()
    {
        var told = Correlators.Where(correlator => correlator.Correlation.IsGenerating)
            .SelectMany(correlator => correlator.Correlation.Referenced).ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var document in Correlators.SelectMany(correlator => correlator.Correlation.Referenced))
        {
            if (told.Contains(document))
                continue;
            if (_correlators.TryGetValue(document, out var below))
                below.IsSilent = true;
            else
                IsSilent[_ruleNumbers[document]] = true;
        }
    }
}
