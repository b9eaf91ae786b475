using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Tests.Security;

/// <summary>Reads <c>access-matrix.txt</c>: a line for each route, with who may reach it.</summary>
internal static class ExpectedAccess
{
    /// <summary>Somebody without any credential.</summary>
    public const string Stranger = "stranger";

    public static Dictionary<string, IReadOnlySet<string>> Read()
    {
        var table = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "access-matrix.txt")))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var (route, who) = (line[..line.IndexOf(" : ", StringComparison.Ordinal)], line[(line.IndexOf(" : ", StringComparison.Ordinal) + 3)..]);
            var key = string.Join(' ', route.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            Assert.True(table.TryAdd(key, who.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(Expand).ToHashSet()), $"Listed twice: {key}");
        }
        return table;
    }

    private static IEnumerable<string> Expand(string name) => name switch
    {
        "everyone" => [Stranger, .. Roles.OfTokens],
        "people" => Roles.OfPeople,
        _ => Roles.OfTokens.Contains(name) ? [name] : throw new InvalidDataException($"Nobody is called '{name}'."),
    };
}
