using System.Globalization;
using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Detection.Explanation;

/// <summary>What a grown alert adds to its sentence: of how many events it is one, and how many patients they touch.</summary>
internal static class Tally
{
    /// <summary>The sentence of an alert of several findings: that of the strangest, with the count of all.</summary>
    /// <param name="strangest">The strangest finding; it may have grown before.</param>
    /// <param name="grown">The alert as it is now, but for the sentence.</param>
    /// <param name="relatedMax">Related entities are kept up to here, so as many say "at least".</param>
    public static string Of(Alert strangest, Alert grown, int relatedMax) =>
        Bare(strangest, relatedMax) + Words(grown, relatedMax);

    private static string Bare(Alert alert, int relatedMax)
    {
        var words = Words(alert, relatedMax);
        return words.Length > 0 && alert.Reason.EndsWith(words, StringComparison.Ordinal)
            ? alert.Reason[..^words.Length] : alert.Reason;
    }

    private static string Words(Alert alert, int relatedMax)
    {
        if (alert.EventCount < 2)
            return "";
        var patients = alert.RelatedEntities.Count(entity => entity.Type == EntityType.Patient);
        var least = alert.RelatedEntities.Count >= relatedMax ? "at least " : "";
        var events = alert.EventCount.ToString("#,0", CultureInfo.InvariantCulture);
        return patients < 2
            ? $" One of {events} such events."
            : string.Create(CultureInfo.InvariantCulture, $" One of {events} such events, which touch {least}{patients} patients.");
    }
}
