using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;

namespace SentinelHealth.Response.Incidents;

/// <summary>An incident like another one, and what they have in common.</summary>
/// <param name="Incident">The other incident.</param>
/// <param name="Similarity">Above 0, at most 1.</param>
/// <param name="Shared">What both have, weightiest first.</param>
public sealed record SimilarIncident(Incident Incident, double Similarity, IReadOnlyList<string> Shared);

/// <summary>Finds incidents that resemble one, by whom they touch, which detectors spoke and which techniques they show.</summary>
/// <remarks>
/// Jaccard's coefficient over these marks, each weighing as its inverse document frequency among all incidents compared (Sparck Jones
/// 1972), so that a rare device in common says more than a detector that always speaks. Pure.
/// </remarks>
public static class SimilarIncidents
{
    private const double SimilarityMin = 0.1;

    private const int SharedMax = 4;

    /// <summary>The most similar of others, most similar first. O(others × marks).</summary>
    /// <param name="incident">The incident.</param>
    /// <param name="others">Incidents to compare it with; itself and those that went into another are passed over.</param>
    /// <param name="max">At most so many.</param>
    public static IReadOnlyList<SimilarIncident> Of(Incident incident, IReadOnlyList<Incident> others, int max)
    {
        ArgumentNullException.ThrowIfNull(incident);
        ArgumentNullException.ThrowIfNull(others);
        var compared = others.Where(other => other.Id != incident.Id && other.MergedInto.Length == 0)
            .Select(other => (Incident: other, Marks: MarksOf(other))).ToList();
        var own = MarksOf(incident);
        var counts = compared.SelectMany(other => other.Marks).Concat(own).CountBy(mark => mark).ToDictionary();
        return [.. compared.Select(other => Compare(other.Incident, own, other.Marks, WeightOf))
            .Where(similar => similar.Similarity >= SimilarityMin)
            .OrderByDescending(similar => similar.Similarity).ThenByDescending(similar => similar.Incident.LastAlertAt)
            .ThenBy(similar => similar.Incident.Id, StringComparer.Ordinal).Take(max)];

        double WeightOf((MarkKind Kind, string Name) mark) => Math.Log((compared.Count + 2.0) / counts[mark]);
    }

    private static SimilarIncident Compare(
        Incident other, HashSet<(MarkKind Kind, string Name)> own, HashSet<(MarkKind Kind, string Name)> marks,
        Func<(MarkKind Kind, string Name), double> weightOf)
    {
        var shared = own.Where(marks.Contains).OrderByDescending(weightOf).ThenBy(mark => mark).ToList();
        var whole = own.Union(marks).Sum(weightOf);
        return new SimilarIncident(
            other, whole > 0 ? shared.Sum(weightOf) / whole : 0, [.. shared.Take(SharedMax).Select(mark => $"{Words(mark.Kind)} {mark.Name}")]);
    }

    private static HashSet<(MarkKind Kind, string Name)> MarksOf(Incident incident) =>
    [
        .. incident.Entities.Append(incident.Principal).Where(entity => entity.Type != EntityType.Chain)
            .Select(entity => (MarkKind.Entity, entity.ToString())),
        .. incident.Sources.Select(source => (MarkKind.Source, source)),
        .. incident.Tags.Select(tag => (MarkKind.Tag, tag)),
    ];

    private static string Words(MarkKind kind) => kind switch
    {
        MarkKind.Entity => "the same",
        MarkKind.Source => "found by",
        _ => "tagged",
    };

    private enum MarkKind
    {
        Entity,
        Source,
        Tag,
    }
}
