using System.CommandLine;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>playbooks</c>: to and from CACAO 2.0.</summary>
internal static class PlaybooksCommand
{
    public static Command Create(CommandSurroundings surroundings)
    {
        Option<string> policy = new("--policy") { Description = "Playbook file (YAML).", Required = true };
        Option<string> folder = new("--output") { Description = "Folder for one CACAO document each; made when missing.", Required = true };
        Command export = new("export", "Writes playbooks as CACAO 2.0.") { policy, folder };
        export.SetAction((parsed, cancel) => ExportAsync(
            surroundings, parsed.GetRequiredValue(policy), parsed.GetRequiredValue(folder), cancel));
        Option<string> input = new("--input") { Description = "A CACAO 2.0 document.", Required = true };
        Option<string> output = new("--output") { Description = "The playbook file to write.", Required = true };
        Command import = new("import", "Reads a playbook from CACAO 2.0. It never acts by itself at first.") { input, output };
        import.SetAction((parsed, cancel) => ImportAsync(
            surroundings, parsed.GetRequiredValue(input), parsed.GetRequiredValue(output), cancel));
        return new Command("playbooks", "Response policies, to and from CACAO 2.0.") { export, import };
    }

    private static async Task<int> ExportAsync(
        CommandSurroundings surroundings, string policy, string folder, CancellationToken cancel)
    {
        var read = PlaybookLoader.Load(await TextAsync(policy, cancel), policy);
        foreach (var error in read.Errors)
            await surroundings.Error.WriteLineAsync(error.ToString());
        if (read.Errors.Count > 0)
            return ExitCode.WrongUsage;
        Directory.CreateDirectory(folder);
        foreach (var playbook in read.Playbooks)
        {
            var path = Path.Combine(folder, playbook.Name + ".json");
            await File.WriteAllBytesAsync(path, CacaoExport.Write(playbook, surroundings.Clock.GetUtcNow()), cancel);
            await surroundings.Output.WriteLineAsync(path);
        }
        return ExitCode.Done;
    }

    private static async Task<int> ImportAsync(
        CommandSurroundings surroundings, string input, string output, CancellationToken cancel)
    {
        var read = CacaoImport.Read(System.Text.Encoding.UTF8.GetBytes(await TextAsync(input, cancel)));
        if (read.Playbook is not { } playbook)
        {
            await surroundings.Error.WriteLineAsync($"{input}: {read.Problem}");
            return ExitCode.Problems;
        }
        await File.WriteAllTextAsync(output, PlaybookWriter.Write(playbook), cancel);
        await surroundings.Output.WriteLineAsync(read.IsLowered
            ? $"{playbook.Name}: written in the mode {playbook.Mode.ToString().ToLowerInvariant()}. It wanted to act by itself; people here decide that, one step at a time."
            : $"{playbook.Name}: written in the mode {playbook.Mode.ToString().ToLowerInvariant()}.");
        return ExitCode.Done;
    }

    private static async Task<string> TextAsync(string path, CancellationToken cancel)
    {
        try
        {
            return await File.ReadAllTextAsync(path, cancel);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }
}
