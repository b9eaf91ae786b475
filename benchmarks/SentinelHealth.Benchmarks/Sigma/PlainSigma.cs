using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Benchmarks.Sigma;

/// <summary>Every rule in turn, as one would write it first: log source, then the condition from left to right. The peer of the compiled rules.</summary>
internal sealed class PlainSigma
{
    private readonly IReadOnlyList<SigmaRule> _rules;
    private readonly Func<SigmaRecord, bool>[] _conditions;
    private readonly SigmaSources _sources;
    private readonly Func<string, int> _fieldOf;

    public PlainSigma(IReadOnlyList<SigmaRule> rules, Func<string, int> fieldOf)
    {
        (_rules, _fieldOf) = (rules, fieldOf);
        _sources = new SigmaSources(fieldOf);
        _conditions = [.. rules.Select(rule => Of(rule.Condition))];
    }

    public void Match(SigmaRecord record, List<int> matches)
    {
        matches.Clear();
        for (var rule = 0; rule < _rules.Count; rule++)
        {
            if (_sources.Fits(_rules[rule].LogSource, record) && _conditions[rule](record))
                matches.Add(rule);
        }
    }

    private Func<SigmaRecord, bool> Of(SigmaExpression expression)
    {
        switch (expression)
        {
            case SigmaTerm term:
                return new SigmaAtom(term.Field.Length == 0 ? -1 : _fieldOf(term.Field), term.Test, _fieldOf).IsMatch;
            case SigmaNot not:
                var inner = Of(not.Part);
                return record => !inner(record);
            case SigmaAnd and:
                var all = and.Parts.Select(Of).ToArray();
                return record => Array.TrueForAll(all, part => part(record));
            case SigmaOr or:
                var any = or.Parts.Select(Of).ToArray();
                return record => Array.Exists(any, part => part(record));
            case SigmaSome some:
                var parts = some.Parts.Select(Of).ToArray();
                return record => parts.Count(part => part(record)) >= some.Least;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
