using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Evidence;

/// <summary>The evidence log of a monitor with everything around it, opened and checked from its first entry (I4).</summary>
internal sealed class EvidenceParts : IDisposable
{
    public const string FolderName = "evidence";

    private EvidenceParts(
        CaseStore store, EvidenceIntake intake, SubjectVault vault, FileSigner signer, EvidenceRecorder recorder) =>
        (Store, Intake, Vault, Signer, Recorder) = (store, intake, vault, signer, recorder);

    public CaseStore Store { get; }

    public EvidenceIntake Intake { get; }

    /// <summary>Persons' keys.</summary>
    public SubjectVault Vault { get; }

    public FileSigner Signer { get; }

    public EvidenceRecorder Recorder { get; }

    public static string FolderOf(string dataFolder) => Path.Combine(dataFolder, FolderName);

    /// <summary>From now on what happens in the store is entered.</summary>
    /// <exception cref="InvalidDataException">The log is not what was written: the monitor must not go on as if it were.</exception>
    public static async Task<EvidenceParts> OpenAsync(
        string dataFolder, string? masterKeyFile, CaseStore store, TimeProvider clock, CancellationToken cancel)
    {
        var folder = FolderOf(dataFolder);
        SubjectVault? vault = null;
        try
        {
            var signer = FileSigner.Open(folder, SigningAlgorithm.EcdsaP256);
            vault = SubjectVault.Open(folder, masterKeyFile);
            var intake = new EvidenceIntake(vault, clock);
            store.KeepEvidence(intake);
            var recorder = await EvidenceRecorder.OpenAsync(folder, store, signer, clock, cancel);
            return new EvidenceParts(store, intake, vault, signer, recorder);
        }
        catch (EvidenceTamperedException fault)
        {
            vault?.Dispose();
            throw new InvalidDataException(fault.Message, fault);
        }
    }

    /// <summary>The pack of an incident, with everything that has happened so far; null when there is no evidence of it.</summary>
    public async Task<byte[]?> PackAsync(
        string dataFolder, string incidentId, PackOrigin origin, IReadOnlyDictionary<string, byte[]> reports,
        CancellationToken cancel)
    {
        await Recorder.DrainAsync(cancel);
        var collector = new EvidencePackCollector(Store, Recorder.Log.Reader, FolderOf(dataFolder), Vault);
        var plan = await collector.CollectAsync(incidentId, Signer.Keys, origin, cancel);
        return plan is null ? null : EvidencePack.Write(plan with { Reports = reports }, Signer);
    }

    public void Dispose()
    {
        Recorder.Dispose();
        Vault.Dispose();
    }
}
