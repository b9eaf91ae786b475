using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Looks up what documents refer to, across files. A document that refers to nothing, to two things, or to itself is refused.</summary>
internal sealed class SigmaLinker(List<SigmaProblem> problems)
{
    /// <summary>How deeply correlations build on each other.</summary>
    private const int DepthMax = 32;

    private static readonly string TooDeep = $"Correlations build on each other deeper than {DepthMax}.";

    private readonly Dictionary<string, List<SigmaDocument>> _named = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<SigmaCorrelation, SigmaCorrelation?> _linked = new(ReferenceEqualityComparer.Instance);
    private readonly List<SigmaCorrelation> _inOrder = [];

    public IReadOnlyList<SigmaProblem> Problems => problems;

    /// <summary>Applies filters to the rules they name.</summary>
    public (IReadOnlyList<SigmaRule> Rules, IReadOnlyList<SigmaFilter> Filters) Filter(
        IReadOnlyList<SigmaRule> rules, IReadOnlyList<SigmaFilter> filters, IReadOnlyList<SigmaCorrelation> correlations)
    {
        Name([.. rules, .. correlations]);
        var filtered = rules.ToArray();
        var accepted = filters.Where(filter => TryApply(filter, rules, filtered)).ToList();
        return (filtered, accepted);
    }

    /// <summary>Links correlations to what they are about.</summary>
    public IReadOnlyList<SigmaCorrelation> Link(IReadOnlyList<SigmaRule> rules, IReadOnlyList<SigmaCorrelation> correlations)
    {
        _named.Clear();
        Name([.. rules, .. correlations]);
        foreach (var correlation in correlations)
            TryLink(correlation, 0);
        return _inOrder;
    }

    private void Name(IReadOnlyList<SigmaDocument> documents)
    {
        foreach (var document in documents)
        {
            string[] names = [document.Id, document.Name];
            foreach (var name in names.Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase))
            {
                if (!_named.TryGetValue(name, out var list))
                    _named[name] = list = [];
                list.Add(document);
            }
        }
    }

    private bool TryApply(SigmaFilter filter, IReadOnlyList<SigmaRule> rules, SigmaRule[] filtered)
    {
        var named = new HashSet<SigmaDocument>(ReferenceEqualityComparer.Instance);
        foreach (var reference in filter.Rules)
        {
            if (!_named.TryGetValue(reference, out var documents))
                return Refuse(filter, $"There is no rule '{reference}'.");
            if (documents.Exists(document => document is not SigmaRule))
                return Refuse(filter, $"'{reference}' is a correlation; filters are for detection rules.");
            named.UnionWith(documents);
        }
        int[] applies = [.. Enumerable.Range(0, rules.Count)
            .Where(rule => named.Count == 0 || named.Contains(rules[rule]))
            .Where(rule => filter.LogSource.Contains(rules[rule].LogSource))];
        if (applies.Length == 0)
            return Refuse(filter, "No rule that it names is about its logsource.");
        if (filter.MissingPlaceholders.Count > 0)
            return true;
        foreach (var rule in applies)
        {
            filtered[rule] = filtered[rule] with
            {
                Condition = SigmaExpression.All([filtered[rule].Condition, filter.Remaining]),
                Digest = StableHash.Combine(filtered[rule].Digest, filter.Digest),
            };
        }
        return true;
    }

    /// <summary>The linked correlation; null when it was refused.</summary>
    private SigmaCorrelation? TryLink(SigmaCorrelation correlation, int depth)
    {
        if (_linked.TryGetValue(correlation, out var known))
            return known;
        // Until it is linked, it counts as refused: whoever comes back to it has gone in a circle.
        _linked[correlation] = null;
        var referenced = new List<SigmaDocument>();
        foreach (var reference in correlation.Rules)
        {
            if (Find(correlation, reference, depth) is not { } document)
                return null;
            referenced.Add(document);
        }
        if (referenced.Distinct(ReferenceEqualityComparer.Instance).Count() < referenced.Count)
        {
            Refuse(correlation, "A rule stands twice in rules.");
            return null;
        }
        var depthBelow = referenced.OfType<SigmaCorrelation>().Select(other => other.Depth).DefaultIfEmpty().Max();
        if (depthBelow >= DepthMax)
        {
            Refuse(correlation, TooDeep);
            return null;
        }
        var linked = correlation with
        {
            Depth = depthBelow + 1,
            Referenced = referenced,
            Digest = referenced.Aggregate(correlation.Digest, (digest, document) => StableHash.Combine(digest, document.Digest)),
            MissingPlaceholders =
                [.. referenced.SelectMany(document => document.MissingPlaceholders).Distinct(StringComparer.Ordinal)],
        };
        _linked[correlation] = linked;
        _inOrder.Add(linked);
        return linked;
    }

    private SigmaDocument? Find(SigmaCorrelation correlation, string reference, int depth)
    {
        if (!_named.TryGetValue(reference, out var documents))
            Refuse(correlation, $"There is no rule '{reference}'.");
        else if (documents.Count > 1)
            Refuse(correlation, $"'{reference}' may mean '{documents[0].Title}' or '{documents[1].Title}'.");
        else if (documents[0] is not SigmaCorrelation other)
            return documents[0];
        else if (depth >= DepthMax)
            Refuse(correlation, TooDeep);
        else if (TryLink(other, depth + 1) is { } linked)
            return linked;
        else
            Refuse(correlation, $"'{reference}' is refused itself, or builds on this correlation.");
        return null;
    }

    private bool Refuse(SigmaDocument document, string reason)
    {
        problems.Add(new(document.File, document.Line, reason));
        return false;
    }
}
