namespace SentinelHealth.Ingest.Simulation;

/// <summary>Where the ground truth of a simulation goes.</summary>
/// <param name="Labels">Receives the events of attacks; null when they are not wanted.</param>
/// <param name="Oddities">Receives the events of unusual but honest happenings; null when they are not wanted.</param>
public sealed record SimulationTruth(Stream? Labels, Stream? Oddities = null);
