using SentinelHealth.Detection.Rules;

namespace SentinelHealth.Response.Export;

/// <summary>ATT&amp;CK techniques among tags, by their published identifiers.</summary>
internal static class AttackNames
{
    /// <summary>Identifiers such as T1213 or T1565.001, each once.</summary>
    public static IEnumerable<string> TechniquesOf(IReadOnlyList<string> tags) =>
        tags.Where(tag => tag.StartsWith("attack.t", StringComparison.Ordinal) && tag.Length > 9 && char.IsAsciiDigit(tag[8]))
            .Select(tag => AttackTags.Current(tag)[AttackTags.Prefix.Length..].ToUpperInvariant())
                .Distinct(StringComparer.Ordinal);
}
