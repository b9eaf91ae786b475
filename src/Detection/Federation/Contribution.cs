namespace SentinelHealth.Detection.Federation;

/// <summary>What a site says about one role: histograms of shares over its people, with noise.</summary>
/// <param name="Role">The role, as it stands on the ledger.</param>
/// <param name="Units">The number of people in units of <see cref="BaselineSchema.UnitsPerActor"/>, with noise.</param>
/// <param name="Histograms">One for each of <see cref="BaselineSchema.Statistics"/>, in units; noise may make a bin negative.</param>
public sealed record RoleHistograms(string Role, long Units, IReadOnlyList<IReadOnlyList<long>> Histograms);

/// <summary>What one site gives to the others.</summary>
public sealed record Contribution
{
    /// <summary>Longest name of a site, in characters. The ledger's register takes 32.</summary>
    public const int SiteCharactersMax = 64;

    /// <summary>The site's name, 1 to 64 of letters, digits, dot, dash and underscore.</summary>
    public required string Site { get; init; }

    /// <summary>The site's number of this export, from 1.</summary>
    public required long Round { get; init; }

    /// <summary>First day of the events counted, UTC.</summary>
    public required DateOnly From { get; init; }

    /// <summary>Last day of the events counted, UTC.</summary>
    public required DateOnly To { get; init; }

    /// <summary>What it may tell about a person.</summary>
    public required PrivacyCost Cost { get; init; }

    /// <summary>Roles in order of their names.</summary>
    public required IReadOnlyList<RoleHistograms> Roles { get; init; }

    /// <summary>Whether a site may be called so: the name becomes a file's.</summary>
    public static bool IsSiteName(string? name) => name is { Length: > 0 and <= SiteCharactersMax } && name[0] != '.'
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');
}
