using System.Globalization;
using System.Text.Json;

namespace SentinelHealth.Detection.Federation;

/// <summary>A contribution as one line of JSON. Reading refuses whatever is not exactly of the published shape.</summary>
internal static class ContributionJson
{
    private const int NameCharactersMax = Contribution.SiteCharactersMax;

    /// <summary>Far beyond any site, and small enough that sums over all sites stay whole numbers.</summary>
    private const long UnitsMax = 1L << 40;

    public static byte[] Write(Contribution contribution)
    {
        ArgumentNullException.ThrowIfNull(contribution);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("schema", BaselineSchema.Version);
            json.WriteString("site", contribution.Site);
            json.WriteNumber("round", contribution.Round);
            json.WriteString("from", contribution.From.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("to", contribution.To.ToString("O", CultureInfo.InvariantCulture));
            json.WriteNumber("epsilon", contribution.Cost.Epsilon);
            json.WriteNumber("delta", contribution.Cost.Delta);
            json.WriteStartArray("roles");
            foreach (var role in contribution.Roles)
                Write(json, role);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    /// <exception cref="ContributionException">The shape is another one.</exception>
    public static Contribution Read(byte[] line)
    {
        using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 8 });
        var root = document.RootElement;
        if (root.GetProperty("schema").GetString() is var schema && schema != BaselineSchema.Version)
            throw new ContributionException($"schema: '{schema}' is not {BaselineSchema.Version}.");
        var contribution = new Contribution
        {
            Site = NameOf(root.GetProperty("site"), "site"),
            Round = root.GetProperty("round").GetInt64(),
            From = DayOf(root.GetProperty("from")),
            To = DayOf(root.GetProperty("to")),
            Cost = CostOf(root),
            Roles = [.. root.GetProperty("roles").EnumerateArray().Select(ReadRole)],
        };
        var names = contribution.Roles.Select(role => role.Role).ToList();
        if (contribution.Round < 1 || contribution.To < contribution.From)
            throw new ContributionException("round begins at 1, and to is no earlier than from.");
        if (names.Count > ContributionBuilder.RolesMax || !names.SequenceEqual(names.Distinct().Order(StringComparer.Ordinal)))
            throw new ContributionException($"roles: At most {ContributionBuilder.RolesMax}, each once, in the order of their names.");
        return contribution;
    }

    private static void Write(Utf8JsonWriter json, RoleHistograms role)
    {
        json.WriteStartObject();
        json.WriteString("role", role.Role);
        json.WriteNumber("units", role.Units);
        json.WriteStartArray("histograms");
        foreach (var histogram in role.Histograms)
        {
            json.WriteStartArray();
            foreach (var bin in histogram)
                json.WriteNumberValue(bin);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static RoleHistograms ReadRole(JsonElement role)
    {
        var name = role.GetProperty("role").GetString();
        if (name is not { Length: > 0 and <= NameCharactersMax } || name.Any(char.IsControl))
            throw new ContributionException($"role: 1 to {NameCharactersMax} printable characters.");
        var histograms = role.GetProperty("histograms").EnumerateArray()
            .Select(histogram => (IReadOnlyList<long>)[.. histogram.EnumerateArray().Select(UnitsOf)]).ToList();
        if (!histograms.Select(histogram => histogram.Count)
                .SequenceEqual(BaselineSchema.Statistics.Select(statistic => statistic.Bins.Count)))
            throw new ContributionException($"role '{name}': The histograms are not those of {BaselineSchema.Version}.");
        return new RoleHistograms(name, UnitsOf(role.GetProperty("units")), histograms);
    }

    private static long UnitsOf(JsonElement number) => number.GetInt64() is var units and > -UnitsMax and < UnitsMax
        ? units
        : throw new ContributionException("A count is beyond any site's size.");

    private static string NameOf(JsonElement text, string field) => text.GetString() is var name && Contribution.IsSiteName(name)
        ? name!
        : throw new ContributionException($"{field}: 1 to {NameCharactersMax} letters, digits, dots, dashes and underscores.");

    private static DateOnly DayOf(JsonElement text) =>
        DateOnly.ParseExact(text.GetString() ?? "", "O", CultureInfo.InvariantCulture);

    private static PrivacyCost CostOf(JsonElement root)
    {
        try
        {
            return PrivacyCost.Of(root.GetProperty("epsilon").GetDouble(), root.GetProperty("delta").GetDouble());
        }
        catch (ArgumentOutOfRangeException fault)
        {
            throw new ContributionException(fault.Message, fault);
        }
    }
}
