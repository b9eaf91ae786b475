using System.CommandLine;
using SentinelHealth.Dashboard.Hosting;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>doctor</c>: whether the surroundings are fit to run in.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandSurroundings surroundings)
    {
        var config = SharedOptions.Config();
        var data = SharedOptions.Data();
        var command = new Command("doctor", "Checks the surroundings: library, folder, ports, ledger, clock, playbooks.") { config, data };
        command.SetAction(async (parsed, cancel) =>
        {
            var configuration = SettingsFile.Read(parsed.GetValue(config));
            var (settings, problems) = SettingsCheck.Read<SentinelSettings>(configuration, SentinelSettings.Section);
            var findings = new List<DoctorFinding>
            {
                new("settings", problems.Count == 0, problems.Count == 0 ? "valid" : string.Join(" ", problems)),
            };
            findings.AddRange(await new Doctor(settings ?? new SentinelSettings(), surroundings.Clock)
                .ExamineAsync(Path.GetFullPath(parsed.GetRequiredValue(data)), cancel));
            var width = findings.Max(finding => finding.Subject.Length);
            foreach (var (subject, isWell, detail) in findings)
                await surroundings.Output.WriteLineAsync($"{(isWell ? "ok     " : "problem")}  {subject.PadRight(width)}  {detail}");
            return findings.TrueForAll(finding => finding.IsWell) ? ExitCode.Done : ExitCode.Problems;
        });
        return command;
    }
}
