using System.Text.Json;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Ingest.Tests.Simulation;

/// <summary>Small runs that the tests of this folder look at; made once, because making them is most of the work.</summary>
internal static class SimulatedRuns
{
    public const int Seed = 20_261;

    public static SimulationOptions Attacked { get; } = new() { Seed = Seed, Days = 8, EventsPerDay = 5_000 };

    public static SimulationOptions Peaceful { get; } = Attacked with { Attacks = ["none"] };

    private static readonly Lazy<IReadOnlyList<SimulatedEvent>> AttackedRun =
        new(() => [.. new HospitalSimulator(Attacked).Events()]);
    private static readonly Lazy<IReadOnlyList<SimulatedEvent>> PeacefulRun =
        new(() => [.. new HospitalSimulator(Peaceful).Events()]);

    public static IReadOnlyList<SimulatedEvent> WithAttacks => AttackedRun.Value;

    public static IReadOnlyList<SimulatedEvent> WithoutAttacks => PeacefulRun.Value;

    public static JsonElement Parse(SimulatedEvent simulated)
    {
        using var document = JsonDocument.Parse(simulated.Json);
        return document.RootElement.Clone();
    }

    public static string? Text(this JsonElement record, string field) =>
        record.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
