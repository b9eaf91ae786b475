
namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>How the field names of rules are found in records of one shape.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Prefixes">
/// Paths that are left out before a field's name, the first one that holds the field counting most. A star stands for one level.
/// </param>
/// <param name="Renamed">Paths in records and the field each is.</param>
public sealed record SigmaFieldMap(string Name, IReadOnlyList<string> Prefixes, IReadOnlyDictionary<string, string> Renamed)
{
    /// <summary>Fields are named by their paths, such as <c>actor.user.name</c>.</summary>
    public static SigmaFieldMap Plain { get; } = new("plain", [], new Dictionary<string, string>());

    /// <summary>Windows events as JSON: data, then user data, then the system part.</summary>
    public static SigmaFieldMap Windows { get; } = new(
        "windows", ["Event.EventData.", "Event.UserData.*.", "Event.UserData.", "Event.System."],
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Event.System.Provider.#attributes.Name"] = "Provider_Name",
            ["Event.System.Provider.Name"] = "Provider_Name",
            ["Event.System.Execution.#attributes.ProcessID"] = "ProcessID",
            ["Event.System.Security.#attributes.UserID"] = "UserID",
        });

    /// <summary>Every map there is.</summary>
    public static IReadOnlyList<SigmaFieldMap> All { get; } = [Plain, Windows];

    /// <summary>The names a path may be meant by, best first: the renamed one, what follows a prefix, the path itself.</summary>
    /// <param name="path">A dotted path.</param>
    internal IEnumerable<string> NamesOf(string path)
    {
        if (Renamed.TryGetValue(path, out var renamed))
            yield return renamed;
        foreach (var prefix in Prefixes)
        {
            if (RestAfter(path, prefix) is { Length: > 0 } rest)
                yield return rest;
        }
        yield return path;
    }

    /// <summary>Position of a name among those of <see cref="NamesOf"/>: smaller counts more.</summary>
    internal int RankOf(string path, string name) => NamesOf(path).TakeWhile(other => other != name).Count() is var skipped
        && Prefixes.Count > 0 ? PrefixRank(path) + skipped : 0;

    private int PrefixRank(string path)
    {
        for (var i = 0; i < Prefixes.Count; i++)
        {
            if (RestAfter(path, Prefixes[i]) is not null)
                return i;
        }
        return Prefixes.Count;
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
