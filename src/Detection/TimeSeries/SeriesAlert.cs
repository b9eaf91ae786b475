using System.Globalization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Calibration;

namespace SentinelHealth.Detection.TimeSeries;

/// <summary>Puts a finding about a series into words.</summary>
internal static class SeriesAlert
{
    /// <summary>The alert of a finding; its contributions sum to its score.</summary>
    public static Alert Of(SeriesFinding finding, DateTimeOffset at)
    {
        var score = EvidenceCombiner.ScoreOf(finding.PValue);
        var total = finding.Parts.Sum(part => part.Decades);
        var (what, value, expected) = (What(finding.Metric), Number(finding.Observed), Number(finding.Expected));
        var whose = finding.Entity.Type == EntityType.Node ? $"the node {finding.Entity.Id}" : "the network";
        return new Alert
        {
            Id = "",
            IncidentId = "",
            At = at,
            Kind = AlertKind.Model,
            Source = NetworkSeries.Name,
            Severity = Severity.Medium,
            Score = score,
            Entity = finding.Entity,
            EventIds = [finding.EventId],
            Reason = $"Within ten minutes {whose} had {what} of {value}, where about {expected} is usual at this hour and "
                + $"{Number(finding.Low)} to {Number(finding.High)} were seen.",
            Contributions = [.. finding.Parts.OrderByDescending(part => part.Decades)
                .Select(part => new Contribution($"{what}: {Component(part.Component)}", value, "about " + expected, score * part.Decades / total))],
            WouldBeNormalIf = $"{what} were about {expected}",
            Tags = [finding.Metric == NetworkMetric.Failures ? "attack.t1110" : "attack.t1499", "sentinel.model." + NetworkSeries.Name],
        };
    }

    private static string What(NetworkMetric metric) => metric switch
    {
        NetworkMetric.Events => "a number of events",
        NetworkMetric.Failures => "a share of failures",
        NetworkMetric.Actors => "a number of different accounts",
        NetworkMetric.Latency => "a latency in milliseconds",
        NetworkMetric.Gas => "a use of gas",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Component(SeriesComponent component) => component switch
    {
        SeriesComponent.Novelty => "never seen",
        SeriesComponent.SmoothedNovelty => "never seen for so long",
        SeriesComponent.SeasonalNovelty => "never seen at this hour",
        SeriesComponent.SeasonalResidual => "far from this hour's usual",
        SeriesComponent.Stillness => "no longer moving",
        SeriesComponent.LevelShift => "a lasting shift",
        SeriesComponent.Carried => "strange minutes before",
        SeriesComponent.RarityOfSum => "seldom so much at once",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Number(double value) =>
        double.IsFinite(value) ? value.ToString(Math.Abs(value) < 10 ? "0.##" : "#,0", CultureInfo.InvariantCulture) : "nothing";
}
