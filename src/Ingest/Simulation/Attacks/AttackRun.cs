using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Chance;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>How an instance goes about it.</summary>
internal enum Tempo : byte { Loud, Steady, Slow }

/// <summary>One instance of an attack: its own chance, its pen with the label, its tempo.</summary>
internal sealed class AttackRun(Scene scene, Pen pen, Tempo tempo)
{
    public Scene Scene { get; } = scene;

    public Pen Pen { get; } = pen;

    public SeededRandom Random => Pen.Random;

    public Consortium Network => Scene.Network;

    public Tempo Tempo { get; } = tempo;

    /// <summary>How often the central act is repeated, by tempo.</summary>
    public int Times(int loud, int steady, int slow)
    {
        var typical = Tempo switch { Tempo.Loud => loud, Tempo.Steady => steady, _ => slow };
        return Math.Max(1, (int)(typical * Random.Between(0.8, 1.25)));
    }

    /// <summary>A gap between two acts around the typical one for the tempo.</summary>
    public TimeSpan Gap(TimeSpan loud, TimeSpan steady, TimeSpan slow)
    {
        var typical = Tempo switch { Tempo.Loud => loud, Tempo.Steady => steady, _ => slow };
        return typical * Random.Between(0.4, 1.6);
    }

    /// <summary>
    /// The next time of night (22 to 5) at or after an instant; at once when the instance is loud, because a thief in a hurry
    /// does not wait.
    /// </summary>
    public DateTimeOffset AtNight(DateTimeOffset from)
    {
        if (Tempo == Tempo.Loud || from.Hour is >= 22 or < 4)
            return from;
        return new DateTimeOffset(from.UtcDateTime.Date, TimeSpan.Zero).AddHours(22) + Random.Hours(0, 4);
    }

    /// <summary>A hospital that has people enough to be attacked.</summary>
    public Organization Hospital() => Random.Pick(Network.Hospitals.ToList());

    public Staff Employee(StaffRole role) => Hospital().AnyOf(role, Random);

    public Moment Habitual(Staff staff, DateTimeOffset at) => Presence(staff, at);

    private Moment Presence(Staff staff, DateTimeOffset at) => Life.Presence.Now(Scene, staff, Random, at);
}
