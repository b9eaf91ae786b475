using System.Text.Json;

namespace SentinelHealth.Dashboard.Security.Providers;

/// <summary>Reads roles and organizations from what an identity provider says about somebody.</summary>
internal static class ProviderClaims
{
    private const int ValuesMax = 256;

    /// <summary>The role they have here: the first of the settings' list that they have there; null for none.</summary>
    public static string? RoleOf(ProviderSection provider, params ReadOnlySpan<JsonElement> sources)
    {
        var theirs = ValuesOf(provider.RoleClaim, sources);
        return provider.Roles.FirstOrDefault(role => theirs.Contains(role.Theirs))?.Ours;
    }

    /// <summary>The organizations whose cases they see. Where a claim decides and is absent there are none, and nobody is let in.</summary>
    public static IReadOnlyList<string>? OrganizationsOf(ProviderSection provider, params ReadOnlySpan<JsonElement> sources)
    {
        if (provider.OrganizationClaim.Length == 0)
            return [];
        var organizations = ValuesOf(provider.OrganizationClaim, sources).Order(StringComparer.Ordinal).ToList();
        return organizations.Count > 0 && Identities.ProblemOf(organizations).Length == 0 ? organizations : null;
    }

    /// <summary>Every text at a path of members, in any of the documents.</summary>
    private static HashSet<string> ValuesOf(string path, ReadOnlySpan<JsonElement> sources)
    {
        var values = new HashSet<string>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            var value = Follow(source, path);
            if (value.ValueKind == JsonValueKind.String)
                values.Add(value.GetString()!);
            else if (value.ValueKind == JsonValueKind.Array)
                values.UnionWith(value.EnumerateArray().Take(ValuesMax).Where(item => item.ValueKind == JsonValueKind.String)
                    .Select(item => item.GetString()!));
        }
        return values;
    }

    /// <summary>A claim of that very name comes first: names may have dots, addresses for instance.</summary>
    private static JsonElement Follow(JsonElement source, string path)
    {
        if (source.ValueKind != JsonValueKind.Object)
            return default;
        if (source.TryGetProperty(path, out var whole))
            return whole;
        var at = source;
        foreach (var name in path.Split('.'))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                return default;
        }
        return at;
    }
}
