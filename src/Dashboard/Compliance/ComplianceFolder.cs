using System.Text.Json;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Dashboard.Compliance;

/// <summary>What compliance officers use, opened from a data folder without a monitor; may be used beside a running one.</summary>
internal sealed class ComplianceFolder : IDisposable
{
    private readonly Stack<IDisposable> _opened = new();

    private ComplianceFolder(string data, SentinelSettings settings, TimeProvider clock)
    {
        Store = Opened(settings.Storage.OpenCases(data));
        Vault = Opened(EvidenceParts.OpenVault(new EvidencePlan(data, settings.Evidence.MasterKeyOrNull, settings.Storage)));
        var acts = ActTrail.Of(Store, clock);
        var reads = Opened(settings.Storage.OpenReads(data, acts));
        var dossiers = new DossierCollector(Store, Sources(reads), clock);
        Desk = new ComplianceDesk(
            Store, dossiers, Opened(settings.Storage.OpenCompliance(data)), reads,
                settings.Compliance.Plan(clock))
        {
            Acts = acts,
        };
        var stages = new RuleStageStore(Opened(settings.Storage.OpenDocuments(data)));
        var sources = new ReportSources(
            new EvidenceJournal(Store, EvidenceParts.FolderOf(data), Vault),
            Opened(new ObservedIndex(Path.Combine(data, ObservedIndex.FileName), clock)), reads,
            ControlFolder.Controls(ControlFolder.Shipped), ControlFolder.Algorithms(ControlFolder.Shipped))
        {
            Rules = RuleShelf.Open(settings.Rules.FolderOrShipped, stages, clock),
        };
        Reports = new ReportDesk(Desk, sources);
    }

    public CaseStore Store { get; }

    public ISubjectVault Vault { get; }

    public ComplianceDesk Desk { get; }

    public ReportDesk Reports { get; }

    private JsonElement Versions { get; set; }

    /// <summary>Opens a folder. What is done here is entered as evidence.</summary>
    public static async Task<ComplianceFolder> OpenAsync(
        string data, SentinelSettings settings, TimeProvider clock, CancellationToken cancel)
    {
        var folder = new ComplianceFolder(data, settings, clock);
        try
        {
            folder.Store.KeepEvidence(new EvidenceIntake(folder.Vault, clock));
            folder.Versions = await folder.VersionsAsync(EvidenceParts.FolderOf(data), cancel);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        while (_opened.TryPop(out var part))
            part.Dispose();
    }

    private DossierSources Sources(ReadTrail reads) => CaseSources.Of(Store, reads) with
    {
        Versions = incident => VersionSheet.Of(Versions, incident),
    };

    /// <summary>What was in force last, as the monitor entered it.</summary>
    private async Task<JsonElement> VersionsAsync(string folder, CancellationToken cancel)
    {
        if (EvidenceRecorder.ReadHead(folder) is not { } head
            || await Store.LatestEvidenceAsync(EvidenceKind.Versions, head.Size, cancel) is not { } place)
            return JsonDocument.Parse("{}").RootElement;
        using var reader = EvidenceReader.Open(folder);
        var body = EvidencePayload.Open(reader.Read(place.Number).Payload.Span, Vault.Find)?.Body ?? "{}"u8.ToArray();
        using var document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }

    private T Opened<T>(T part) where T : IDisposable
    {
        _opened.Push(part);
        return part;
    }
}

/// <summary>Where dossiers come from, in a monitor and beside one.</summary>
internal static class CaseSources
{
    private const int ReviewsMax = 1_000;

    /// <summary>Everything but the versions, which the caller knows.</summary>
    public static DossierSources Of(CaseStore store, ReadTrail reads)
    {
        return new DossierSources
        {
            Actions = store.ActionsOfIncidentAsync,
            Place = store.PlaceAsync,
            Reviews = cancel => store.ReviewsAsync(ReviewsMax, cancel),
            Notes = async (id, cancel) =>
            [
                .. TaskWords.Notes(await Concluded(id, cancel)), .. TriageWords.Notes(await Triaged(id, cancel)),
                .. IncidentWords.Notes(id, await store.IncidentChangesAsync(id, ReviewsMax, cancel)),
            ],
            Dispositions = async (id, cancel) =>
                [.. TaskWords.Dispositions(await Concluded(id, cancel)), .. TriageWords.Dispositions(await Triaged(id, cancel))],
            Readings = (patients, since, _) => ValueTask.FromResult(reads.About(patients, since)),
            Versions = _ => DossierVersions.Of(VersionSheet.Program),
        };

        ValueTask<IReadOnlyList<CaseTask>> Concluded(string incidentId, CancellationToken cancel) =>
            store.TasksAsync(new CaseTaskFilter { IncidentId = incidentId, IsOpen = false }, ReviewsMax, cancel);

        ValueTask<IReadOnlyList<(string AlertId, StandingChange Change)>> Triaged(string incidentId, CancellationToken cancel) =>
            TriageWords.ChangesAsync(store, store, incidentId, cancel);
    }
}
