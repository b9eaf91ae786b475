namespace SentinelHealth.Dashboard.Hosting;

/// <summary>What one process of several does. All of them together are the whole monitor.</summary>
[Flags]
internal enum ProcessRoles
{
    None = 0,

    /// <summary>Reads sources and takes events in.</summary>
    Ingest = 1,

    /// <summary>Scores the partitions that its group gives it, and answers gateways.</summary>
    Detect = 2,

    /// <summary>Carries decisions out, keeps deadlines and the evidence log.</summary>
    Respond = 4,

    /// <summary>Shows pages and answers the API.</summary>
    Dashboard = 8,

    All = Ingest | Detect | Respond | Dashboard,
}

/// <summary>Roles as they are written.</summary>
internal static class ProcessRolesText
{
    /// <summary>All roles, separated by commas.</summary>
    public static string AllText => string.Join(',', Names.Select(known => known.Name));

    private static (string Name, ProcessRoles Role)[] Names { get; } =
        [.. Enum.GetValues<ProcessRoles>().Where(role => int.PopCount((int)role) == 1)
            .Select(role => (role.ToString().ToLowerInvariant(), role))];

    /// <summary>The roles of a list such as <c>ingest,detect</c>.</summary>
    /// <exception cref="FormatException">One is unknown, or there is none.</exception>
    public static ProcessRoles Parse(string text)
    {
        var roles = ProcessRoles.None;
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var known = Array.Find(Names, known => known.Name == name);
            roles |= known.Role != ProcessRoles.None ? known.Role
                : throw new FormatException($"--roles {name}: Known roles are {AllText.Replace(",", ", ", StringComparison.Ordinal)}.");
        }
        return roles != ProcessRoles.None ? roles : throw new FormatException($"--roles names none of {AllText.Replace(",", ", ", StringComparison.Ordinal)}.");
    }

    /// <summary>Whether a process has a role.</summary>
    public static bool Has(this ProcessRoles roles, ProcessRoles role) => (roles & role) == role;
}
