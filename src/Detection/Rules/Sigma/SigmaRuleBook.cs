namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>The documents of all files together: references looked up, filters applied, correlations in the order of what they build on.</summary>
/// <param name="Rules">Detection rules, with the filters that apply to them.</param>
/// <param name="Correlations">Correlation rules; each stands after those it refers to.</param>
/// <param name="Filters">Filters that apply to at least one rule.</param>
/// <param name="Problems">Documents that were refused, while reading or because of what they refer to.</param>
public sealed record SigmaRuleBook(
    IReadOnlyList<SigmaRule> Rules, IReadOnlyList<SigmaCorrelation> Correlations, IReadOnlyList<SigmaFilter> Filters,
    IReadOnlyList<SigmaProblem> Problems)
{
    /// <summary>Links the documents of files. Pure; O(documents and references).</summary>
    public static SigmaRuleBook Of(IEnumerable<SigmaLoadResult> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var loaded = files.ToList();
        var linker = new SigmaLinker([.. loaded.SelectMany(file => file.Problems)]);
        var (rules, filters) = linker.Filter(
            [.. loaded.SelectMany(file => file.Rules)], [.. loaded.SelectMany(file => file.Filters)],
            [.. loaded.SelectMany(file => file.Correlations)]);
        var correlations = linker.Link(rules, [.. loaded.SelectMany(file => file.Correlations)]);
        return new SigmaRuleBook(rules, correlations, filters, linker.Problems);
    }
}
