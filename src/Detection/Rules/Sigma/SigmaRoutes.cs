namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Whether the log sources of rules fit a record: each different source is asked once a record, and only when a rule comes up.</summary>
internal sealed class SigmaRoutes
{
    private readonly SigmaSources _sources;
    private readonly SigmaLogSource[] _distinct;
    private readonly int[] _sourceOfRule;
    private readonly int[] _asked;
    private readonly bool[] _fits;
    private SigmaRecord? _record;
    private int _turn;

    public SigmaRoutes(IReadOnlyList<SigmaRule> rules, SigmaSources sources)
    {
        _sources = sources;
        _distinct = [.. rules.Select(rule => rule.LogSource).Distinct()];
        var numbers = _distinct.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        _sourceOfRule = [.. rules.Select(rule => numbers[rule.LogSource])];
        (_asked, _fits) = (new int[_distinct.Length], new bool[_distinct.Length]);
    }

    public void Begin(SigmaRecord record)
    {
        _record = record;
        _turn++;
    }

    public bool Fits(int rule)
    {
        var source = _sourceOfRule[rule];
        if (_asked[source] != _turn)
            (_asked[source], _fits[source]) = (_turn, _sources.Fits(_distinct[source], _record!));
        return _fits[source];
    }

    /// <summary>Rules by their sources: those of one source go or stay together.</summary>
    public int[][] Grouped(IEnumerable<int> rules) =>
        [.. rules.GroupBy(rule => _sourceOfRule[rule]).Select(group => group.ToArray())];
}
