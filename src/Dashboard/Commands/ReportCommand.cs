using System.CommandLine;
using SentinelHealth.Dashboard.Api;
using SentinelHealth.Dashboard.Compliance;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Reports;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>report</c>: writes a report from a data folder, beside a running monitor or without one.</summary>
internal static class ReportCommand
{
    private static readonly string[] Formats = ["html", "pdf", "json", "csv"];

    private static IReadOnlyList<string> Kinds { get; } = [.. ComplianceDesk.Kinds, .. ReportDesk.Kinds, BreachRegister.Kind];

    public static Command Create(CommandSurroundings surroundings)
    {
        var kind = new Argument<string>("kind") { Description = $"One of {string.Join(", ", Kinds)}; or check, with --id." };
        var incident = new Option<string>("--incident")
        {
            Description = "The incident, for reports about one.",
            DefaultValueFactory = _ => ""
        };
        var subject = new Option<string>("--subject")
        {
            Description = "The person, for an accounting of disclosures.",
            DefaultValueFactory = _ => ""
        };
        var from = new Option<string?>("--from") { Description = "The period's beginning; the last month unless given." };
        var to = new Option<string?>("--to") { Description = "The period's end, which is not in it." };
        var id = new Option<string>("--id") { Description = "An issued report, for check.", DefaultValueFactory = _ => "" };
        var format = new Option<string>("--format")
        {
            Description = string.Join(", ", Formats),
            DefaultValueFactory = _ => Formats[0]
        };
        var output = new Option<string>("--out")
        {
            Description = "Where it goes; - is standard output.",
            DefaultValueFactory = _ => "-"
        };
        var (data, config) = (SharedOptions.Data(), SharedOptions.Config());
        var report = new Command("report", "Writes a report, or checks that an issued one comes out of the evidence log again.")
        {
            kind, incident, subject, from, to, id, format, output, data, config,
        };
        report.SetAction((parsed, cancel) => RunAsync(
            surroundings,
            new Asked(
                parsed.GetRequiredValue(kind), parsed.GetRequiredValue(incident), parsed.GetRequiredValue(id),
                    parsed.GetRequiredValue(format),
                new ReportRequest(
                    parsed.GetRequiredValue(kind), Instant(parsed.GetValue(from), "--from"), Instant(parsed.GetValue(to), "--to"),
                    parsed.GetRequiredValue(subject))),
            (Path.GetFullPath(parsed.GetRequiredValue(data)), parsed.GetValue(config), parsed.GetRequiredValue(output)), cancel));
        return report;
    }

    private static async Task<int> RunAsync(
        CommandSurroundings surroundings, Asked asked, (string Data, string? Config, string Output) paths,
            CancellationToken cancel)
    {
        if (asked.Kind != "check" && !Kinds.Contains(asked.Kind))
            throw new UsageException($"{asked.Kind}: Kinds are {string.Join(", ", Kinds)}, and check.");
        if (!Formats.Contains(asked.Format))
            throw new UsageException($"--format {asked.Format}: Formats are {string.Join(", ", Formats)}.");
        var settings = SettingsFile.ReadValid(SettingsFile.Read(paths.Config));
        if (!Directory.Exists(EvidenceParts.FolderOf(paths.Data)) || !settings.Storage.HasCases(paths.Data))
            throw new UsageException($"{paths.Data}: There is no evidence log.");
        try
        {
            using var parts = await ComplianceFolder.OpenAsync(paths.Data, settings, surroundings.Clock, cancel);
            if (asked.Kind == "check")
                return await CheckAsync(surroundings, parts, asked.Id, cancel);
            var report = ReportFormats.Draft(await WriteAsync(parts, asked, cancel));
            await using var output = new CommandFiles(surroundings).OpenOutput(paths.Output)!;
            await output.WriteAsync(Rendered(report, asked.Format), cancel);
            return ExitCode.Done;
        }
        catch (Exception fault) when (
            fault is IOException or InvalidDataException or EvidenceTamperedException or EvidenceElsewhereException
                or UnauthorizedAccessException)
        {
            throw new UsageException($"{paths.Data}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static async Task<ReportDocument> WriteAsync(ComplianceFolder parts, Asked asked, CancellationToken cancel)
    {
        if (asked.Kind == BreachRegister.Kind)
            return await parts.Desk.RegisterAsync(cancel);
        if (ReportDesk.Kinds.Contains(asked.Kind))
            return ReportDesk.Objection(asked.Request) is { } objection
                ? throw new UsageException($"{asked.Kind}: {objection}")
                : await parts.Reports.DraftAsync(asked.Request, Environment.UserName, cancel);
        return await parts.Desk.DraftAsync(asked.Kind, asked.Incident, Environment.UserName, cancel)
            ?? throw new UsageException($"--incident {asked.Incident}: There is no such incident.");
    }

    private static async Task<int> CheckAsync(
        CommandSurroundings surroundings, ComplianceFolder parts, string id, CancellationToken cancel)
    {
        var check = await parts.Reports.CheckAsync(id, null, cancel) ?? throw new UsageException($"--id {id}: There is no such report.");
        await surroundings.Output.WriteLineAsync(check.Detail);
        return check.IsSame == false ? ExitCode.Problems : ExitCode.Done;
    }

    private static byte[] Rendered(SignedReport report, string format) => format switch
    {
        "pdf" => ReportPdf.Render(report),
        "json" => ReportFormats.Json(report),
        "csv" => ReportFormats.Csv(report),
        _ => ReportHtml.Render(report),
    };

    private static DateTimeOffset? Instant(string? text, string option) => ReportsApi.TryInstant(text, out var at)
        ? at : throw new UsageException($"{option}: {text} is no instant such as 2026-11-02T08:00:00Z.");

    private sealed record Asked(string Kind, string Incident, string Id, string Format, ReportRequest Request);
}
