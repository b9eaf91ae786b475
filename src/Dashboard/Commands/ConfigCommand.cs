using System.CommandLine;
using SentinelHealth.Dashboard.Hosting;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>config check</c>: every problem of the settings, each with its key.</summary>
internal static class ConfigCommand
{
    public static Command Create(CommandSurroundings surroundings)
    {
        var config = SharedOptions.Config();
        var check = new Command("check", "Names every problem of the settings, or says that there is none.") { config };
        check.SetAction(parsed =>
        {
            var configuration = SettingsFile.Read(parsed.GetValue(config));
            var (_, problems) = SettingsCheck.Read<SentinelSettings>(configuration, SentinelSettings.Section);
            foreach (var problem in problems)
                surroundings.Output.WriteLine(problem);
            if (problems.Count == 0)
                surroundings.Output.WriteLine("The settings are valid.");
            return problems.Count == 0 ? ExitCode.Done : ExitCode.Problems;
        });
        return new Command("config", "Settings.") { check };
    }
}
