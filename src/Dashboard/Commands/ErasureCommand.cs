using System.CommandLine;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>evidence erase</c>: erases a person where no monitor runs; it takes two different people of the machine within a day.</summary>
internal static class ErasureCommand
{
    public static Command Create(CommandSurroundings surroundings)
    {
        var subject = new Option<string>("--subject") { Description = "The person, by pseudonym.", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why; stands in the evidence log.", Required = true };
        var (data, config) = (SharedOptions.Data(), SharedOptions.Config());
        var erase = new Command(
            "erase", "Erases a person's payloads for good while no monitor runs: the second of two different users within a day carries it out.")
        {
            subject, reason, data, config,
        };
        erase.SetAction((parsed, cancel) => RunAsync(
            surroundings, (parsed.GetRequiredValue(subject), parsed.GetRequiredValue(reason)),
            (Path.GetFullPath(parsed.GetRequiredValue(data)), parsed.GetValue(config)), cancel));
        return erase;
    }

    private static async Task<int> RunAsync(
        CommandSurroundings surroundings, (string Subject, string Reason) asked, (string Data, string? Config) place,
            CancellationToken cancel)
    {
        var settings = SettingsFile.ReadValid(SettingsFile.Read(place.Config));
        if (!Directory.Exists(EvidenceParts.FolderOf(place.Data)) || !settings.Storage.HasCases(place.Data))
            throw new UsageException($"{place.Data}: There is no evidence log.");
        try
        {
            using var store = settings.Storage.OpenCases(place.Data);
            using var evidence = await EvidenceParts.OpenAsync(
                new EvidencePlan(place.Data, settings.Evidence.MasterKeyOrNull, settings.Storage), store, surroundings.Clock,
                cancel);
            using var orders = settings.Storage.OpenCompliance(place.Data);
            using var erasure = new SubjectErasure(new ErasureReach(evidence, orders, place.Data, surroundings.Clock)
            {
                // The log is not open here: what is not scored yet counts as having come later.
                Ends = settings.Storage.IsShared ? async stop => (await store.PositionAsync(stop)).ScoredOffsets : null,
            });
            var outcome = await erasure.OrderAsync(asked.Subject, surroundings.User, asked.Reason, cancel);
            await evidence.Recorder.DrainAsync(cancel);
            await surroundings.Output.WriteLineAsync(outcome.Detail);
            return outcome.IsDone ? ExitCode.Done : ExitCode.Problems;
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // A monitor that runs holds the log: there the order goes through its API, with people who have signed in.
            throw new UsageException($"{place.Data}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }
}
