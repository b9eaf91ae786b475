namespace SentinelHealth.Ingest.Simulation.Scenes;

/// <summary>How large a world makes the wanted number of events.</summary>
internal readonly record struct NetworkSize(int Hospitals, int Staff, int Patients)
{
    /// <summary>
    /// Events that one employed person causes on an average day, days off included. Measured on this simulator; the
    /// <see cref="Life.Workload"/> corrects what remains.
    /// </summary>
    public const double EventsPerStaffDay = 86;

    public static NetworkSize Of(SimulationOptions options)
    {
        var hospitals = options.Hospitals ?? Math.Clamp(2 + (options.EventsPerDay / 15_000), 2, 5);
        var staff = Math.Max(24 + (hospitals * 8), (int)(options.EventsPerDay / EventsPerStaffDay));
        return new(hospitals, staff, staff * 14);
    }
}
