using System.CommandLine;
using System.Data.Common;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Commands;

/// <summary>The command line of <c>sentinel</c>.</summary>
internal static class SentinelCommandLine
{
    /// <summary>Parses and runs. Returns the process's exit code: 0 done, 1 found problems, 2 wrong usage or unreadable input.</summary>
    public static async Task<int> RunAsync(string[] args, CommandSurroundings surroundings, CancellationToken cancel = default)
    {
        var parsed = Root(surroundings).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            // One line, whatever line breaks and tabs the parser's own wording has.
            var words = string.Join(' ', parsed.Errors.Select(error => error.Message))
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            await surroundings.Error.WriteLineAsync($"sentinel: {string.Join(' ', words)} Try --help.");
            return ExitCode.WrongUsage;
        }
        var invocation = new InvocationConfiguration
        {
            Output = surroundings.Output,
            Error = surroundings.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
        };
        try
        {
            return await parsed.InvokeAsync(invocation, cancel);
        }
        catch (Exception wrong) when (wrong is UsageException or BaselineStoreException)
        {
            await surroundings.Error.WriteLineAsync($"sentinel: {wrong.Message}");
            return ExitCode.WrongUsage;
        }
        catch (Exception fault) when (fault is DbException or IOException)
        {
            // A start while the database or a disk is away: whoever supervises tries again.
            await surroundings.Error.WriteLineAsync($"sentinel: {fault.Message.ReplaceLineEndings(" ")}");
            return ExitCode.WrongUsage;
        }
        catch (OperationCanceledException)
        {
            await surroundings.Error.WriteLineAsync("sentinel: Stopped before the end.");
            return ExitCode.Problems;
        }
    }

    private static RootCommand Root(CommandSurroundings surroundings) => new(
        "Watches a permissioned ledger network that carries health data, explains what is strange and contains what is dangerous.")
    {
        DemoCommand.Create(surroundings),
        ServeCommand.Create(surroundings),
        SimulateCommand.Create(surroundings),
        ScoreCommand.Create(surroundings),
        BacktestCommand.Create(surroundings),
        PlaybooksCommand.Create(surroundings),
        DoctorCommand.Create(surroundings),
        LedgerCommand.Create(surroundings),
        ConfigCommand.Create(surroundings),
        TokenCommand.Create(surroundings),
        DeadLettersCommand.Create(surroundings),
        BaselineCommand.Create(surroundings),
        RulesCommand.Create(surroundings),
        EvidenceCommand.Create(surroundings),
        ReportCommand.Create(surroundings),
        BackupCommand.CreateBackup(surroundings),
        BackupCommand.CreateRestore(surroundings),
        ContentCommand.Create(surroundings),
    };
}
