namespace SentinelHealth.Response.Compliance;

/// <summary>A person's signature under one version of a report.</summary>
/// <param name="ReportId">The report.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sha256">SHA-256 of the canonical report they read, in lower-case hex.</param>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
/// <param name="Meaning">As what: <c>prepared</c> or <c>reviewed</c>.</param>
public sealed record SignOff(string ReportId, int Version, string Sha256, string By, DateTimeOffset At, string Meaning);

/// <summary>Who may sign. Pure.</summary>
public static class SignOffRules
{
    /// <summary>How many different people it takes.</summary>
    public const int SignersMin = 2;

    /// <summary>Why this person cannot sign now, as a sentence; null when they can.</summary>
    public static string? ObjectionTo(IReadOnlyList<SignOff> given, string name, string sha256, string wantedSha256)
    {
        ArgumentNullException.ThrowIfNull(given);
        if (string.IsNullOrWhiteSpace(name))
            return "Only a named person may sign.";
        if (!string.Equals(sha256, wantedSha256, StringComparison.Ordinal))
            return "The report has another content than the one you read; read it again.";
        if (given.Any(sign => IsSame(sign.By, name)))
            return "You have signed it already; another person must.";
        return given.Count >= SignersMin ? "It has been signed by two people already." : null;
    }

    /// <summary>Whether enough different people have signed.</summary>
    public static bool IsComplete(IReadOnlyList<SignOff> given)
    {
        ArgumentNullException.ThrowIfNull(given);
        return given.Select(sign => sign.By.Trim().ToUpperInvariant()).Distinct(StringComparer.Ordinal).Count() >= SignersMin;
    }

    private static bool IsSame(string one, string other) =>
        string.Equals(one.Trim(), other.Trim(), StringComparison.OrdinalIgnoreCase);
}
