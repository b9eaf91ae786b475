using SentinelHealth.Ingest.Simulation.Chance;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Acts;

/// <summary>Who acts, through which node, when.</summary>
internal readonly record struct Moment(Account Actor, Node Node, DateTimeOffset At)
{
    public Moment After(TimeSpan by) => this with { At = At + by };
}

/// <summary>Whose data, for what, explained by what.</summary>
internal readonly record struct Access(Patient Patient, string Purpose, string Category, Authorization? Basis);

/// <summary>
/// Writes records into a scene, with a label or without. Everyone writes through the same acts, so that an attack's records have
/// the fields, the generators and the noise of ordinary ones.
/// </summary>
internal sealed class Pen(Scene scene, AttackLabel? label, SeededRandom random)
{
    public Scene Scene { get; } = scene;

    public SeededRandom Random { get; } = random;

    /// <summary>The honest oddity that what is written from now on belongs to; null for ordinary life.</summary>
    public OddityLabel? Oddity { get; set; }

    /// <summary>Plans a transaction and returns its hash.</summary>
    public string Write(LedgerRecord record, DateTimeOffset at)
    {
        record.At = at;
        (record.Label, record.Oddity) = (label, Oddity);
        Scene.Plan(record);
        return record.TransactionHash;
    }

    public void Write(BiometricRecord record, DateTimeOffset at)
    {
        record.At = at;
        (record.Label, record.Oddity) = (label, Oddity);
        Scene.Plan(record);
    }

    public string NewTransaction() => Scene.Ids.Transaction();

    /// <summary>Gas of a call: a typical amount and the spread that storage access causes.</summary>
    public int Gas(int typical) => typical + Random.Below(typical / 8);
}
