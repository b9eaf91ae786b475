using System.Text;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>A field that a path leads to, and how good a place for it that is: smaller counts more.</summary>
internal readonly record struct SigmaPathTarget(int Field, int Rank);

/// <summary>What the paths of records lead to, worked out once for each path.</summary>
internal sealed class SigmaPathTable(Dictionary<string, int> fields, SigmaFieldMap map)
{
    /// <summary>Paths kept. Records with ever new ones are read all the same, only more slowly.</summary>
    private const int PathsMax = 100_000;

    private readonly Dictionary<ulong, SigmaPathTarget[]> _known = [];
    private readonly List<SigmaPathTarget[]> _numbered = [];

    public SigmaPathTarget[] this[int number] => _numbered[number];

    /// <summary>Gives a path a number.</summary>
    public int Add(string path)
    {
        _numbered.Add(TargetsOf(path));
        return _numbered.Count - 1;
    }

    /// <summary>The fields a path leads to. No allocation for a known path.</summary>
    public SigmaPathTarget[] Find(ReadOnlySpan<byte> path)
    {
        var key = StableHash.Of(path);
        if (_known.TryGetValue(key, out var targets))
            return targets;
        targets = TargetsOf(Encoding.UTF8.GetString(path));
        if (_known.Count < PathsMax)
            _known[key] = targets;
        return targets;
    }

    private SigmaPathTarget[] TargetsOf(string path) =>
    [
        .. map.NamesOf(path).Distinct(StringComparer.Ordinal).Where(fields.ContainsKey)
            .Select(name => new SigmaPathTarget(fields[name], map.RankOf(path, name))),
    ];
}
