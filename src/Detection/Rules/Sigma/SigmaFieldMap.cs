using System.Text.Json;
using SentinelHealth.Detection.Rules.Sigma.Fields;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>How the field names of rules are found in records of one shape. Immutable.</summary>
public sealed class SigmaFieldMap
{
    /// <summary>Rank of a path that is itself the field's name: what a map knows counts more.</summary>
    private const int OwnPathRank = 10_000;

    private readonly Dictionary<string, List<(string Field, int Rank)>> _fieldsOfPath = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string> _prefixes;

    /// <param name="name">What it is called on the command line.</param>
    /// <param name="summary">What it is for, in a few words.</param>
    /// <param name="prefixes">
    /// Paths that are left out before a field's name, the first one that holds the field counting most. A star stands for one level.
    /// </param>
    /// <param name="fields">Fields with the paths of each, best first; they count less than what follows a prefix.</param>
    internal SigmaFieldMap(
        string name, string summary, IReadOnlyList<string> prefixes, IEnumerable<(string Field, string[] Paths)> fields)
    {
        (Name, Summary, _prefixes) = (name, summary, prefixes);
        foreach (var (field, paths) in fields)
        {
            for (var place = 0; place < paths.Length; place++)
            {
                if (!_fieldsOfPath.TryGetValue(paths[place], out var known))
                    _fieldsOfPath[paths[place]] = known = [];
                known.Add((field, prefixes.Count + place));
            }
        }
    }

    /// <summary>Fields are named by their paths, such as <c>actor.user.name</c>.</summary>
    public static SigmaFieldMap Plain { get; } = new("plain", "fields are paths", [], []);

    /// <summary>Records of our own: the published taxonomy over the two native formats.</summary>
    public static SigmaFieldMap Sentinel { get; } = SentinelFields.Map;

    /// <summary>Windows events as JSON, nested, flat, or as the usual forwarders and exporters write them.</summary>
    public static SigmaFieldMap Windows { get; } = WindowsFields.Map;

    /// <summary>Elastic Common Schema, by its own names and by those that rules for endpoints use.</summary>
    public static SigmaFieldMap Ecs { get; } = EcsFields.Map;

    /// <summary>Open Cybersecurity Schema Framework 1.8, by its own names and by those that rules for endpoints use.</summary>
    public static SigmaFieldMap Ocsf { get; } = OcsfFields.Map;

    /// <summary>FHIR AuditEvent, by its own names and by those of the published taxonomy.</summary>
    public static SigmaFieldMap Fhir { get; } = FhirFields.Map;

    /// <summary>Every map there is.</summary>
    public static IReadOnlyList<SigmaFieldMap> All { get; } = [Plain, Sentinel, Windows, Ecs, Ocsf, Fhir];

    /// <summary>What it is called on the command line.</summary>
    public string Name { get; }

    /// <summary>What it is for, in a few words.</summary>
    public string Summary { get; }

    /// <summary>The map that fits a record, told by its outermost members; <see cref="Plain"/> when none of them says. O(bytes).</summary>
    /// <param name="json">A record; whatever is none, or is damaged, is plain.</param>
    public static SigmaFieldMap For(ReadOnlySpan<byte> json) => RecordShape.MapOf(json);

    /// <summary>When a record says that it happened; null when no member tells. O(bytes), allocates.</summary>
    public static DateTimeOffset? TimeOf(ReadOnlyMemory<byte> json) => RecordTimes.Of(json);

    /// <summary>
    /// The record with what stands in lists of names and values, such as <c>{"@Name": "Image", "#text": "…"}</c> or a FHIR
    /// extension, moved below its name, so that it has a path. Null when there is nothing like it: the record is fine as it is.
    /// </summary>
    /// <exception cref="JsonException">The record is no JSON.</exception>
    public byte[]? Reshape(ReadOnlyMemory<byte> json) =>
        NamedItems.AreLikelyIn(json.Span, this) ? NamedItems.Move(json, this) : null;

    /// <summary>The names a path may be meant by: what follows a prefix, those of the table, the path itself.</summary>
    /// <param name="path">A dotted path.</param>
    internal IEnumerable<string> NamesOf(string path)
    {
        foreach (var prefix in _prefixes)
        {
            if (RestAfter(path, prefix) is { Length: > 0 } rest)
                yield return rest;
        }
        if (_fieldsOfPath.TryGetValue(path, out var known))
        {
            foreach (var (field, _) in known)
                yield return field;
        }
        yield return path;
    }

    /// <summary>How good a place for a field a path is: smaller counts more.</summary>
    internal int RankOf(string path, string name)
    {
        for (var i = 0; i < _prefixes.Count; i++)
        {
            if (RestAfter(path, _prefixes[i]) == name)
                return i;
        }
        return _fieldsOfPath.TryGetValue(path, out var known) && known.FindIndex(one => one.Field == name) is var at and >= 0
            ? known[at].Rank
            : OwnPathRank;
    }

    private static string? RestAfter(string path, string prefix)
    {
        var star = prefix.IndexOf('*', StringComparison.Ordinal);
        if (star < 0)
            return path.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..] : null;
        if (!path.StartsWith(prefix[..star], StringComparison.Ordinal))
            return null;
        var level = path.IndexOf('.', star);
        return level < 0 ? null : path[(level + 1)..];
    }
}
