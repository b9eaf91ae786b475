using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace SentinelHealth.Benchmarks.Snapshots;

/// <summary>
/// <c>actor-state</c>: the state of many actors, really held, one partition after the other: how much memory it takes, how large its
/// snapshots are and how long they take to write and to read again.
/// </summary>
internal static class ActorStateCommand
{
    private const int FirstSeed = 7;

    public static Command Create()
    {
        Option<int> actors = new("--actors") { DefaultValueFactory = _ => 10_000_000, Description = "Actors in all, at least." };
        Option<int> partitions = new("--partitions") { DefaultValueFactory = _ => 16, Description = "Partitions they are spread over." };
        Option<int> first = new("--first-partition") { Description = "The first to build, from 0 on: to go on where a run ended." };
        Option<int> events = new("--events-per-actor") { DefaultValueFactory = _ => 4, Description = "Events of each actor." };
        Option<string> folder = new("--folder") { Required = true, Description = "Where snapshots go." };
        Option<bool> keep = new("--keep") { Description = "Leave the snapshots there; otherwise each goes once it is compared." };
        actors.Validators.Add(result => AtLeastOne(result.GetValueOrDefault<int>(), result.AddError));
        partitions.Validators.Add(result => AtLeastOne(result.GetValueOrDefault<int>(), result.AddError));
        events.Validators.Add(result => AtLeastOne(result.GetValueOrDefault<int>(), result.AddError));
        Command command = new("actor-state", "Memory, snapshots and restore time of a state of many actors.")
        {
            actors, partitions, first, events, folder, keep,
        };
        command.SetAction((parsed, cancel) => Task.Run(
            () => Run(
                new Settings(
                    parsed.GetValue(actors), parsed.GetValue(partitions), parsed.GetValue(first), parsed.GetValue(events),
                    Directory.CreateDirectory(parsed.GetValue(folder)!), parsed.GetValue(keep)),
                cancel),
            CancellationToken.None));
        return command;
    }

    private static void AtLeastOne(int value, Action<string> refuse)
    {
        if (value < 1)
            refuse($"{value} is less than one.");
    }

    private static int Run(Settings settings, CancellationToken cancel)
    {
        List<PartitionState> done = [];
        try
        {
            for (var partition = settings.First; partition < settings.Partitions; partition++)
            {
                cancel.ThrowIfCancellationRequested();
                done.Add(Measure(partition, settings, cancel));
                Console.Error.Write($"\r{"",-100}\r");
                Console.WriteLine(JsonSerializer.Serialize(done[^1], JsonSerializerOptions.Web));
            }
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"\nEnded early; --first-partition {settings.First + done.Count} goes on."));
        }
        if (done.Count == 0)
            return 1;
        var totals = ActorStateTotals.Of(done);
        Console.WriteLine(JsonSerializer.Serialize(totals, JsonSerializerOptions.Web));
        return totals.AreAllProven && settings.First + done.Count == settings.Partitions ? 0 : 1;
    }

    private static PartitionState Measure(int partition, Settings settings, CancellationToken cancel)
    {
        SnapshotFile file = new(Path.Combine(settings.Folder.FullName, $"partition-{partition}.snapshot"));
        var actors = (settings.Actors + settings.Partitions - 1) / settings.Partitions;
        var records = ActorRecords.Of(FirstSeed + partition, settings.EventsPerActor);
        var measured = new ActorStatePartition(partition, actors, records, file).Measure(cancel);
        if (!settings.Keeps)
            file.Delete();
        return measured;
    }

    private sealed record Settings(int Actors, int Partitions, int First, int EventsPerActor, DirectoryInfo Folder, bool Keeps);
}
