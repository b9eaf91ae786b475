using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Calibration;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Benchmarks.Calibration;

/// <summary>One actor-hour as calibration met it.</summary>
internal readonly record struct ActorHour(FinishedInterval Finished, bool IsAttack);

/// <summary>A simulated network through the whole engine: its actor-hours, and what was discovered in the stream as it is.</summary>
internal sealed class SimulatedHours
{
    private readonly HashSet<(ulong Actor, long Hour)> _attacked = [];
    private readonly HashSet<string> _attackEvents = [];

    public List<ActorHour> Hours { get; } = [];

    /// <summary>Alerts marked as discoveries that rest on an attack's event, and those that rest on none.</summary>
    public (int True, int False) Discoveries { get; private set; }

    public DetectionStatus Status { get; private set; } = null!;

    public static SimulatedHours Run(SimulationOptions options)
    {
        var hours = new SimulatedHours();
        var engine = new DetectionEngine(new DetectionOptions());
        List<FinishedInterval> finished = [];
        engine.HourFinished = finished.Add;
        hours.Process(new HospitalSimulator(options).Events(), engine);
        hours.Hours.AddRange(finished.Select(hour => new ActorHour(hour, hours._attacked.Contains((hour.Actor, hour.Interval)))));
        hours.Status = engine.Status;
        return hours;
    }

    private void Process(IEnumerable<SimulatedEvent> records, DetectionEngine engine)
    {
        var decoder = new NativeEventDecoder();
        var observed = new SentinelEvent();
        Dictionary<string, Alert> discovered = [];
        foreach (var record in records)
        {
            if (!decoder.TryDecode(record.Json, observed, out var rejection))
                throw new InvalidOperationException($"A simulated record was refused: {rejection.Detail}");
            if (record.Attack is not null)
            {
                _attackEvents.Add(record.Id);
                _attacked.Add((observed.Key(TextField.Actor), record.OccurredAt.ToUnixTimeMilliseconds() / 3_600_000));
            }
            foreach (var alert in engine.Process(observed).Alerts)
            {
                if (alert.Tags.Contains(Guarantee.DiscoveryTag))
                    discovered[alert.Id] = alert;
            }
        }
        var isTrue = discovered.Values.Count(alert => alert.EventIds.Any(_attackEvents.Contains));
        Discoveries = (isTrue, discovered.Count - isTrue);
    }
}
