namespace SentinelHealth.Response.Queries;

/// <summary>Finds the name somebody may have meant.</summary>
internal static class NearestName
{
    private const int LengthMax = 64;

    /// <summary>The name with the fewest edits, if they are at most a third of its length; else empty.</summary>
    public static string Of(string written, IEnumerable<string> names)
    {
        if (written.Length > LengthMax)
            return "";
        return names.Select(name => (Name: name, Edits: Edits(written.ToLowerInvariant(), name.ToLowerInvariant())))
            .Where(found => found.Edits <= Math.Max(1, found.Name.Length / 3))
            .OrderBy(found => found.Edits).ThenBy(found => found.Name, StringComparer.Ordinal)
            .Select(found => found.Name).FirstOrDefault("");
    }

    /// <summary>Insertions, removals and replacements that turn one into the other (Wagner and Fischer, 1974).</summary>
    private static int Edits(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        foreach (var letter in from)
        {
            var diagonal = row[0]++;
            for (var i = 1; i <= to.Length; i++)
            {
                var replaced = diagonal + (letter == to[i - 1] ? 0 : 1);
                diagonal = row[i];
                row[i] = Math.Min(replaced, Math.Min(row[i], row[i - 1]) + 1);
            }
        }
        return row[^1];
    }
}
