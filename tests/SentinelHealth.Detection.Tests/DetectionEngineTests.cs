using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Detection.Tests;

/// <summary>The engine over ten days of a small simulated network, told once for all tests of the class.</summary>
public sealed class SimulatedDays
{
    public SimulatedDays()
    {
        Records = [.. new HospitalSimulator(new SimulationOptions { Seed = 5, Days = 10, EventsPerDay = 2_000, QuietShare = 0.4 })
            .Events()];
        Engine = new DetectionEngine(Options);
        Verdicts = Process(Engine, Records);
    }

    public static DetectionOptions Options { get; } = new() { ActorsMax = 4_096, ObjectsMax = 8_192, PeerGroupsMax = 256 };

    public IReadOnlyList<SimulatedEvent> Records { get; }

    public DetectionEngine Engine { get; }

    public IReadOnlyList<EventVerdict> Verdicts { get; }

    public static IReadOnlyList<EventVerdict> Process(DetectionEngine engine, IEnumerable<SimulatedEvent> records)
    {
        var decoder = new NativeEventDecoder();
        var observed = new SentinelEvent();
        List<EventVerdict> verdicts = [];
        foreach (var record in records)
        {
            Assert.True(decoder.TryDecode(record.Json, observed, out var rejection), rejection.Detail);
            verdicts.Add(engine.Process(observed));
        }
        return verdicts;
    }
}

public class DetectionEngineTests(SimulatedDays days) : IClassFixture<SimulatedDays>
{
    [Fact]
    public void Rules_and_models_both_find_something()
    {
        var alerts = days.Verdicts.SelectMany(verdict => verdict.Alerts).ToList();
        Assert.Contains(alerts, alert => alert.Kind == AlertKind.Rule && alert.Severity >= Severity.High);
        Assert.Contains(alerts, alert => alert.Kind == AlertKind.Model);
    }

    [Fact]
    public void Contributions_sum_to_the_score()
    {
        foreach (var alert in days.Verdicts.SelectMany(verdict => verdict.Alerts))
            Assert.Equal(alert.Score, alert.Contributions.Sum(contribution => contribution.Share), 1e-9);
    }

    [Fact]
    public void Every_alert_has_a_sentence_an_event_and_an_incident_that_lists_it()
    {
        foreach (var verdict in days.Verdicts)
        {
            foreach (var alert in verdict.Alerts)
            {
                Assert.EndsWith(".", alert.Reason, StringComparison.Ordinal);
                Assert.NotEmpty(alert.EventIds);
                var incident = Assert.Single(verdict.Incidents, incident => incident.Id == alert.IncidentId);
                Assert.Contains(alert.Id, incident.AlertIds);
                Assert.Contains(alert.Entity, incident.Entities);
            }
        }
    }

    [Fact]
    public void Scores_and_p_values_stay_in_range_and_agree()
    {
        foreach (var verdict in days.Verdicts)
        {
            Assert.InRange(verdict.Score, 0, 1);
            Assert.InRange(verdict.PValue, double.Epsilon, 1);
            Assert.True(verdict.Score < 0.3 || verdict.PValue < 0.01);
        }
    }

    [Fact]
    public void The_same_events_give_the_same_verdicts()
    {
        var again = SimulatedDays.Process(new DetectionEngine(SimulatedDays.Options), days.Records);
        Assert.Equal(Told(days.Verdicts), Told(again));
    }

    [Fact]
    public void An_engine_reloaded_in_the_middle_goes_on_as_if_nothing_had_happened()
    {
        var middle = days.Records.Count * 2 / 3;
        var first = new DetectionEngine(SimulatedDays.Options);
        SimulatedDays.Process(first, days.Records.Take(middle));
        using var snapshot = new MemoryStream();
        first.Save(snapshot);
        snapshot.Position = 0;
        var second = DetectionEngine.Load(snapshot, SimulatedDays.Options);

        var rest = SimulatedDays.Process(second, days.Records.Skip(middle));

        Assert.Equal(Told([.. days.Verdicts.Skip(middle)]), Told(rest));
        Assert.Equal(Saved(days.Engine), Saved(second));
    }

    [Fact]
    public void A_snapshot_of_other_options_or_a_damaged_one_is_refused()
    {
        var bytes = Saved(days.Engine);
        var other = SimulatedDays.Options with { ModelAlertsPerDay = 6 };
        Assert.Throws<InvalidDataException>(() => DetectionEngine.Load(new MemoryStream(bytes), other));
        Assert.Throws<InvalidDataException>(() => DetectionEngine.Load(new MemoryStream(bytes[..^40]), SimulatedDays.Options));
        Assert.Throws<InvalidDataException>(() => DetectionEngine.Load(new MemoryStream([1, 2, 3]), SimulatedDays.Options));
    }

    [Fact]
    public void Break_glass_alone_makes_an_incident_to_review_and_an_attack_beside_it_is_not_shielded()
    {
        Incident[] incidents = [.. days.Verdicts.SelectMany(verdict => verdict.Incidents)
            .GroupBy(incident => incident.Id).Select(versions => versions.Last())];
        Assert.Contains(incidents, incident => incident.IsBreakGlass);
        Assert.All(incidents.Where(incident => incident.IsBreakGlass), incident => Assert.DoesNotContain("consent.missing", incident.Sources));
    }

    [Fact]
    public void The_riskiest_entities_come_first()
    {
        var risks = days.Engine.TopRisks(10);
        Assert.NotEmpty(risks);
        Assert.Equal(risks.OrderByDescending(risk => risk.Risk).Select(risk => risk.Entity), risks.Select(risk => risk.Entity));
        Assert.All(risks, risk => Assert.True(risk.Risk > 0));
    }

    private static List<string> Told(IReadOnlyList<EventVerdict> verdicts) =>
        [.. verdicts.Select(verdict => $"{verdict.Score:R} {verdict.PValue:R} "
            + System.Text.Json.JsonSerializer.Serialize(new { verdict.Alerts, verdict.Incidents }, AlertJson.Options))];

    private static byte[] Saved(DetectionEngine engine)
    {
        using var stream = new MemoryStream();
        engine.Save(stream);
        return stream.ToArray();
    }
}
