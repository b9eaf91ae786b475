using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Reports;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Evidence;

/// <summary>Enters what people do and read into the evidence log, in one shape: <c>action</c>, <c>by</c>, <c>detail</c>, and what it is about.</summary>
/// <param name="enter">Makes entries durable.</param>
/// <param name="isEntered">Whether an act of a key has been entered.</param>
/// <param name="clock">The monitor's clock: the log is in its order, whatever clock the web host has.</param>
internal sealed class ActTrail(
    Func<EvidenceDraft, CancellationToken, ValueTask> enter, Func<string, CancellationToken, ValueTask<bool>> isEntered,
        TimeProvider clock)
{
    /// <summary>Of a host without an evidence log.</summary>
    public static ActTrail None { get; } = new((_, _) => ValueTask.CompletedTask, (_, _) => ValueTask.FromResult(true),
        TimeProvider.System);

    /// <summary>Of a store with an evidence log.</summary>
    public static ActTrail Of(CaseStore store, TimeProvider clock) => new(
        async (draft, cancel) => await store.EnterEvidenceAsync([draft], cancel),
        async (key, cancel) => (await store.EvidenceAboutAsync(EvidenceKind.Analyst, key, 1, cancel)).Count > 0, clock);

    /// <summary>A reading of data that is linked to patients. What names one person lies under that person's key; several are only counted.</summary>
    public ValueTask ReadAsync(AuditRead read, CancellationToken cancel)
    {
        var about = read.Patients.Count == 1 ? SubjectOf(read.Patients[0]) : "";
        var draft = CaseEvidence.Act(EvidenceKind.Read, "", clock.GetUtcNow(), new
        {
            action = read.Query.StartsWith('?') ? "searched audit events" : "read",
            by = read.Reader,
            detail = read.Patients.Count > 1 ? FormattableString.Invariant($"{read.Found} records about {read.Patients.Count} patients") : read.Query,
            found = read.Found,
            patients = read.Patients.Count,
        });
        return enter(draft with { Subject = about }, cancel);
    }

    /// <summary>A version of an incident's record.</summary>
    public ValueTask RecordedAsync(ComplianceCase before, ComplianceCase after, CancellationToken cancel)
    {
        var isAssessed = after.Assessment is not null && after.Assessment != before.Assessment;
        var draft = CaseEvidence.Act(EvidenceKind.Analyst, KeyOf(after), after.ChangedAt ?? DateTimeOffset.UnixEpoch, new
        {
            action = isAssessed ? "assessed" : "recorded",
            by = after.ChangedBy,
            detail = isAssessed ? after.Assessment!.Conclusion == BreachConclusion.Breach ? "Breach"
                : "Low probability of compromise" : "What is known of the incident",
            record = after,
        });
        return enter(draft with { IncidentId = after.IncidentId }, cancel);
    }

    /// <summary>A version of a report that was issued.</summary>
    public ValueTask IssuedAsync(IssuedReport report, CancellationToken cancel) => OnReportAsync(
        KeyOf(report), report.IssuedAt, (report.Id, report.Version, report.Sha256),
        ("issued", report.IssuedBy, FormattableString.Invariant($"Version {report.Version}")), cancel);

    /// <summary>A signature.</summary>
    public ValueTask SignedAsync(SignOff sign, CancellationToken cancel) => OnReportAsync(
        KeyOf(sign), sign.At, (sign.ReportId, sign.Version, sign.Sha256),
        ("signed", sign.By, FormattableString.Invariant($"{sign.Meaning}, version {sign.Version}")), cancel);

    /// <summary>A written rule that was put into another stage.</summary>
    public ValueTask StagedAsync(string rule, RuleStageDecision decision, CancellationToken cancel) => enter(
        CaseEvidence.Act(EvidenceKind.Analyst, rule, clock.GetUtcNow(), new
        {
            action = "staged",
            by = decision.By,
            detail = $"{decision.Stage.ToString().ToLowerInvariant()}: {decision.Reason}",
        }), cancel);

    /// <summary>Enters what a crash kept out of the log: the compliance store has it, the log does not.</summary>
    /// <returns>How many acts.</returns>
    public async Task<int> CompleteAsync(ComplianceStore store, CancellationToken cancel)
    {
        var missing = 0;
        foreach (var recorded in store.Cases())
        {
            if (!await isEntered(KeyOf(recorded), cancel))
                missing += await CountedAsync(
                    RecordedAsync(new ComplianceCase { IncidentId = recorded.IncidentId }, recorded, cancel));
        }
        foreach (var issued in store.Reports())
        {
            if (!await isEntered(KeyOf(issued), cancel))
                missing += await CountedAsync(IssuedAsync(issued, cancel));
            foreach (var sign in store.Report(issued.Id, issued.Version)?.SignOffs ?? [])
            {
                if (!await isEntered(KeyOf(sign), cancel))
                    missing += await CountedAsync(SignedAsync(sign, cancel));
            }
        }
        return missing;
    }

    private ValueTask OnReportAsync(
        string key, DateTimeOffset at, (string Id, int Version, string Sha256) report,
        (string Action, string By, string Detail) act, CancellationToken cancel) => enter(
        CaseEvidence.Act(EvidenceKind.Analyst, key, at, new
        {
            action = act.Action,
            by = act.By,
            detail = act.Detail,
            report = report.Id,
            sha256 = report.Sha256,
            version = report.Version,
        }) with
        { Subject = PersonOf(report.Id) }, cancel);

    private static async Task<int> CountedAsync(ValueTask entering)
    {
        await entering;
        return 1;
    }

    /// <summary>The pseudonym as events have it.</summary>
    private static string SubjectOf(string patient) =>
        patient.Contains(':', StringComparison.Ordinal) ? patient : "patient:" + patient;

    private static string KeyOf(ComplianceCase recorded) => FormattableString.Invariant($"case/{recorded.IncidentId}/{recorded.Version}");

    /// <summary>By digests: a report about a person has the person's pseudonym in its name, and keys stand in leaves for ever.</summary>
    private static string KeyOf(IssuedReport report) => FormattableString.Invariant($"issued/{report.Sha256}/{report.Version}");

    private static string KeyOf(SignOff sign) => FormattableString.Invariant($"signed/{sign.Sha256}/{sign.Version}/{sign.By}");

    /// <summary>The person a report is about; empty for none.</summary>
    private static string PersonOf(string reportId) =>
        reportId.Split('/') is [DisclosureAccounting.Kind, var subject, _] ? subject : "";
}
