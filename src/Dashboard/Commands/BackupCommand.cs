using System.CommandLine;
using System.Data.Common;
using SentinelHealth.Dashboard.Backup;
using SentinelHealth.Dashboard.Hosting;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>backup</c> and <c>restore</c>: everything a monitor keeps, whatever database its cases are in.</summary>
internal static class BackupCommand
{
    public static Command CreateBackup(CommandSurroundings surroundings)
    {
        var output = new Option<string>("--out") { Description = "Folder of the backup; made, and empty until then.", Required = true };
        var withKeys = new Option<bool>("--with-keys")
        {
            Description = "Also copies keys. Who has such a backup can sign and decrypt, and what was erased can be read from it.",
        };
        var (data, config) = (SharedOptions.Data(), SharedOptions.Config());
        var backup = new Command("backup", "Copies everything a monitor keeps as of one moment, while it runs.") { output, withKeys, data, config };
        backup.SetAction((parsed, cancel) => RunAsync(
            () => BackUpAsync(
                surroundings,
                (Path.GetFullPath(parsed.GetRequiredValue(data)), Path.GetFullPath(parsed.GetRequiredValue(output)),
                    parsed.GetValue(withKeys)),
                parsed.GetValue(config), cancel)));
        return backup;
    }

    public static Command CreateRestore(CommandSurroundings surroundings)
    {
        var from = new Option<string>("--from") { Description = "Folder of the backup.", Required = true };
        var (data, config) = (SharedOptions.Data(), SharedOptions.Config());
        var restore = new Command(
            "restore", "Puts a backup into an empty data folder, and its cases into the database of the settings, which must be empty, too.")
        {
            from, data, config,
        };
        restore.SetAction((parsed, cancel) => RunAsync(
            () => RestoreAsync(
                surroundings, Path.GetFullPath(parsed.GetRequiredValue(from)), Path.GetFullPath(parsed.GetRequiredValue(data)),
                parsed.GetValue(config), cancel)));
        return restore;
    }

    private static async Task BackUpAsync(
        CommandSurroundings surroundings, (string Data, string Output, bool WithKeys) asked, string? config,
        CancellationToken cancel)
    {
        var settings = SettingsFile.ReadValid(SettingsFile.Read(config));
        if (!Directory.Exists(asked.Data) || !settings.Storage.HasCases(asked.Data))
            throw new UsageException($"{asked.Data}: There is no monitor's data.");
        if (Directory.Exists(asked.Output) && Directory.EnumerateFileSystemEntries(asked.Output).Any())
            throw new UsageException($"{asked.Output}: The folder is not empty.");
        DataFolder.OpenOrCreate(asked.Output);
        using var store = settings.Storage.OpenCases(asked.Data);
        var work = new DataBackup(store, settings.Storage, (asked.Data, asked.Output), asked.WithKeys);
        var manifest = await work.RunAsync(surroundings.Clock, cancel);
        await surroundings.Output.WriteLineAsync(
            $"{manifest.Files.Count} files, {manifest.Files.Sum(file => file.Bytes):N0} bytes, as of {manifest.At:u}.");
        await TellKeysAsync(surroundings, manifest, settings, "are not in it: keep them elsewhere");
    }

    private static async Task RestoreAsync(
        CommandSurroundings surroundings, string from, string data, string? config, CancellationToken cancel)
    {
        var settings = SettingsFile.ReadValid(SettingsFile.Read(config));
        var manifest = await DataRestore.RunAsync(from, data, settings.Storage, cancel);
        await surroundings.Output.WriteLineAsync($"Restored as of {manifest.At:u} from {manifest.Files.Count} files.");
        await TellKeysAsync(surroundings, manifest, settings, "were not in it: put them there before the monitor starts");
    }

    private static async Task TellKeysAsync(
        CommandSurroundings surroundings, BackupManifest manifest, SentinelSettings settings, string what)
    {
        var keys = settings.Evidence.MasterKeyOrNull is { } master ? manifest.KeysLeftOut.Append(master) : manifest.KeysLeftOut;
        foreach (var key in keys)
            await surroundings.Output.WriteLineAsync($"  {key}");
        if (keys.Any())
            await surroundings.Output.WriteLineAsync($"These keys {what}.");
    }

    private static async Task<int> RunAsync(Func<Task> run)
    {
        try
        {
            await run();
            return ExitCode.Done;
        }
        catch (Exception fault) when (
            fault is IOException or InvalidDataException or UnauthorizedAccessException or InvalidOperationException
                or DbException)
        {
            throw new UsageException(fault.Message.ReplaceLineEndings(" "));
        }
    }
}
