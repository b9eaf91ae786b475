using System.CommandLine;
using System.Text;
using System.Text.Json;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Intake;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>deadletters list|show|replay</c>: records that could not become events.</summary>
/// <remarks>
/// What a record holds was written by strangers. Everything is printed as JSON with all but plain ASCII escaped, so that no
/// terminal takes it for a command and no spreadsheet for a formula.
/// </remarks>
internal static class DeadLettersCommand
{
    private const int ListMax = 10_000;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public static Command Create(CommandSurroundings surroundings) => new("deadletters", "Records that could not become events.")
    {
        List(surroundings),
        Show(surroundings),
        Replay(surroundings),
    };

    private static Command List(CommandSurroundings surroundings)
    {
        var data = SharedOptions.Data();
        var max = new Option<int>("--max") { Description = "How many, the newest first. Default 100.", DefaultValueFactory = _ => 100 };
        var list = new Command("list", "One line of JSON for each, the newest first.") { max, data };
        list.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(max) is not (>= 1 and <= ListMax))
                throw new UsageException($"--max must lie between 1 and {ListMax}.");
            using var store = Open(parsed.GetRequiredValue(data), surroundings);
            foreach (var stored in await store.OlderAsync(long.MaxValue, parsed.GetValue(max), cancel))
                await surroundings.Output.WriteLineAsync(JsonSerializer.Serialize(Line(stored)));
            return ExitCode.Done;
        });
        return list;
    }

    private static Command Show(CommandSurroundings surroundings)
    {
        var data = SharedOptions.Data();
        var number = new Argument<long>("number") { Description = "The letter's number, as list prints it." };
        var show = new Command("show", "One letter with its record, as JSON.") { number, data };
        show.SetAction(async (parsed, cancel) =>
        {
            using var store = Open(parsed.GetRequiredValue(data), surroundings);
            var asked = parsed.GetRequiredValue(number);
            var found = asked is < 1 or long.MaxValue ? [] : await store.OlderAsync(asked + 1, 1, cancel);
            if (found.Count == 0 || found[0].Number != asked)
                throw new UsageException($"{asked}: There is no such letter.");
            var line = Line(found[0]);
            line["sha256"] = found[0].Letter.PayloadSha256;
            line["record"] = Encoding.UTF8.GetString(found[0].Letter.Payload.Span);
            line["recordBase64"] = Convert.ToBase64String(found[0].Letter.Payload.Span);
            await surroundings.Output.WriteLineAsync(JsonSerializer.Serialize(line, Indented));
            return ExitCode.Done;
        });
        return show;
    }

    private static Command Replay(CommandSurroundings surroundings)
    {
        var data = SharedOptions.Data();
        var numbers = new Argument<long[]>("numbers") { Description = "Letters' numbers.", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "Every letter that is not an event yet." };
        var replay = new Command("replay", "Sends records through the intake again. The monitor of this folder must be stopped.")
        {
            numbers, all, data,
        };
        replay.SetAction(async (parsed, cancel) =>
        {
            var asked = parsed.GetValue(numbers)?.ToHashSet() ?? [];
            if (parsed.GetValue(all) == asked.Count > 0)
                throw new UsageException("replay takes either numbers or --all.");
            return await ReplayAsync(surroundings, parsed.GetRequiredValue(data),
                stored => asked.Count == 0 ? !stored.IsResolved : asked.Contains(stored.Number), cancel);
        });
        return replay;
    }

    private static async Task<int> ReplayAsync(
        CommandSurroundings surroundings, string folder, Func<StoredDeadLetter, bool> isWanted, CancellationToken cancel)
    {
        using var store = Open(folder, surroundings);
        await using var log = OpenLog(folder, surroundings);
        var intake = new EventIntake(log, store, new NativeEventDecoder(), surroundings.Clock);
        var (result, looked) = (default(ReplayResult), 0L);
        await Progress.ShowAsync(surroundings, "Replaying", await store.CountAsync(cancel), () => Volatile.Read(ref looked),
            async () => result = await new DeadLetterReplay(store, intake)
                .RunAsync(isWanted, () => Interlocked.Increment(ref looked), cancel));
        await surroundings.Output.WriteLineAsync(JsonSerializer.Serialize(result, Web));
        return result.StillRefused + result.Incomplete == 0 ? ExitCode.Done : ExitCode.Problems;
    }

    private static Dictionary<string, object?> Line(StoredDeadLetter stored) => new(StringComparer.Ordinal)
    {
        ["number"] = stored.Number,
        ["storedAt"] = stored.StoredAt,
        ["source"] = stored.Letter.Source,
        ["place"] = stored.Letter.Place,
        ["reason"] = stored.Letter.Rejection.Reason.ToString(),
        ["detail"] = stored.Letter.Rejection.Detail,
        ["bytes"] = stored.Letter.PayloadBytes,
        ["isWhole"] = stored.IsWhole,
        ["timesSeen"] = stored.TimesSeen,
        ["replayedAt"] = stored.ReplayedAt,
        ["isResolved"] = stored.IsResolved,
    };

    private static SqliteDeadLetters Open(string folder, CommandSurroundings surroundings)
    {
        var path = Path.Combine(folder, Hosting.MonitorParts.DeadLettersFile);
        return File.Exists(path)
            ? SqliteDeadLetters.Open(new SqliteFile(path), new SqliteDeadLettersOptions(), surroundings.Clock)
            : throw new UsageException($"{folder}: There are no dead letters here.");
    }

    private static SqliteEventLog OpenLog(string folder, CommandSurroundings surroundings)
    {
        try
        {
            return SqliteEventLog.Open(
                new SqliteFile(Path.Combine(folder, Hosting.MonitorParts.LogFile)), new SqliteEventLogOptions(),
                surroundings.Clock);
        }
        catch (IOException)
        {
            throw new UsageException($"{folder}: The event log is in use; stop the monitor first.");
        }
    }
}
