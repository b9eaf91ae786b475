namespace SentinelHealth.Benchmarks.Snapshots;

/// <summary>What one partition came to.</summary>
/// <param name="Partition">Which, from 0 on.</param>
/// <param name="ActorsHeld">Actors in the engine's table, counted there.</param>
/// <param name="PatientsHeld">Patients in its table.</param>
/// <param name="DevicesHeld">Devices in its table.</param>
/// <param name="Events">Events it was fed with.</param>
/// <param name="AlertVersions">Versions of alerts they raised.</param>
/// <param name="FeedSeconds">Making, decoding and scoring them.</param>
/// <param name="StateBytes">The engine's tables, by its own count.</param>
/// <param name="ManagedBytes">Grown by it: what the runtime's memory holds after a collection.</param>
/// <param name="ResidentBytes">Grown by it: what the process has of the machine's memory after a collection.</param>
/// <param name="SnapshotBytes">Its snapshot on the disk.</param>
/// <param name="SaveSeconds">Writing that, until the disk had it.</param>
/// <param name="LoadSeconds">Making an engine of it again.</param>
/// <param name="BytesFromDisk">What of it came from the disk then, and not from the system's memory.</param>
/// <param name="RestoredResidentBytes">As <paramref name="ResidentBytes"/>, of the restored engine.</param>
/// <param name="IsRestoredSame">Whether the restored engine is saved as the same bytes.</param>
/// <param name="LaterEvents">Events of the next day, a thousand or 100 of each copy, scored by the saved and by the restored engine.</param>
/// <param name="LaterEventsAlike">Those of them of which both said the same.</param>
internal sealed record PartitionState(
    int Partition, int ActorsHeld, int PatientsHeld, int DevicesHeld, long Events, long AlertVersions, double FeedSeconds,
    long StateBytes, long ManagedBytes, long ResidentBytes, long SnapshotBytes = 0, double SaveSeconds = 0,
    double LoadSeconds = 0, long BytesFromDisk = 0, long RestoredResidentBytes = 0, bool IsRestoredSame = false,
    int LaterEvents = 0, int LaterEventsAlike = 0)
{
    public double StateBytesPerActor => (double)StateBytes / ActorsHeld;

    public double ManagedBytesPerActor => (double)ManagedBytes / ActorsHeld;

    public double ResidentBytesPerActor => (double)ResidentBytes / ActorsHeld;

    public double SnapshotBytesPerActor => (double)SnapshotBytes / ActorsHeld;

    /// <summary>Whether what was read again is what was written, by its bytes and by what it says.</summary>
    public bool IsProven => IsRestoredSame && LaterEvents > 0 && LaterEventsAlike == LaterEvents;
}

/// <summary>What all partitions came to.</summary>
internal sealed record ActorStateTotals(
    int Partitions, long ActorsHeld, long PatientsHeld, long Events, double FeedMinutes, double StateGigabytes,
    double ManagedGigabytes, double ResidentGigabytes, double SnapshotGigabytes, double StateBytesPerActor,
    double ResidentBytesPerActor, double SnapshotBytesPerActor, double SaveSeconds, double LoadSeconds, double LongestLoadSeconds,
    double GigabytesFromDisk, bool AreAllProven)
{
    private const double Gigabyte = 1e9;

    /// <summary>Adds partitions up; times are those of one after the other.</summary>
    public static ActorStateTotals Of(IReadOnlyCollection<PartitionState> partitions)
    {
        var actors = Sum(one => one.ActorsHeld);
        var (state, resident) = (Sum(one => one.StateBytes), Sum(one => one.ResidentBytes));
        var snapshots = Sum(one => one.SnapshotBytes);
        return new ActorStateTotals(
            partitions.Count, (long)actors, (long)Sum(one => one.PatientsHeld), (long)Sum(one => one.Events),
            Sum(one => one.FeedSeconds) / 60, state / Gigabyte, Sum(one => one.ManagedBytes) / Gigabyte, resident / Gigabyte,
            snapshots / Gigabyte, state / actors, resident / actors, snapshots / actors, Sum(one => one.SaveSeconds),
            Sum(one => one.LoadSeconds), partitions.Max(one => one.LoadSeconds), Sum(one => one.BytesFromDisk) / Gigabyte,
            partitions.All(one => one.IsProven));

        double Sum(Func<PartitionState, double> figure) => partitions.Sum(figure);
    }
}
