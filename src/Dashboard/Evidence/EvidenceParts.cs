using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Custody.Sharing;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Evidence;

/// <summary>Where the evidence log of a monitor is, and persons' keys.</summary>
/// <param name="DataFolder">The monitor's folder.</param>
/// <param name="MasterKeyFile">The file that persons' keys in files are wrapped under; null for the usual place.</param>
/// <param name="Storage">Whether other processes share them.</param>
internal sealed record EvidencePlan(string DataFolder, string? MasterKeyFile, StorageSection Storage)
{
    /// <summary>How long a start waits for another process to let this one in.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>The evidence log of a monitor with everything around it, opened and checked from its first entry (I4).</summary>
internal sealed class EvidenceParts : IDisposable
{
    public const string FolderName = "evidence";

    /// <summary>How long a process that stands by waits for the one that leads.</summary>
    private static readonly TimeSpan BehindMax = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private EvidenceParts(
        CaseStore store, EvidenceIntake intake, ISubjectVault vault, IEvidenceSigner signer, IEvidenceRecorder recorder) =>
        (Store, Intake, Vault, Signer, Recorder) = (store, intake, vault, signer, recorder);

    public CaseStore Store { get; }

    public EvidenceIntake Intake { get; }

    /// <summary>Persons' keys.</summary>
    public ISubjectVault Vault { get; }

    public IEvidenceSigner Signer { get; }

    public IEvidenceRecorder Recorder { get; }

    /// <summary>What this process shares with others that keep the log; null when it is the only one.</summary>
    public SharedCustody? Shared { get; private init; }

    /// <summary>The file of a master key that is of no use any more and could not be destroyed; null for none.</summary>
    public string? MasterKeyLeft { get; private init; }

    /// <summary>Whether this process takes entries into the log, of those that share it.</summary>
    public Func<bool> Leads { get; set; } = static () => true;

    public static string FolderOf(string dataFolder) => Path.Combine(dataFolder, FolderName);

    /// <summary>From now on what happens in the store is entered.</summary>
    /// <exception cref="InvalidDataException">The log is not what was written: the monitor must not go on as if it were.</exception>
    /// <exception cref="IOException">Another process has the folder, or none let this one in.</exception>
    public static async Task<EvidenceParts> OpenAsync(
        EvidencePlan plan, CaseStore store, TimeProvider clock, CancellationToken cancel)
    {
        try
        {
            return plan.Storage.IsShared
                ? await OpenSharedAsync(plan, store, clock, cancel) : await OpenFilesAsync(plan, store, clock, cancel);
        }
        catch (EvidenceTamperedException fault)
        {
            throw new InvalidDataException(fault.Message, fault);
        }
    }

    /// <summary>Persons' keys beside the process that a data folder belongs to.</summary>
    /// <exception cref="EvidenceTamperedException">They cannot be opened.</exception>
    public static ISubjectVault OpenVault(EvidencePlan plan)
    {
        var folder = FolderOf(plan.DataFolder);
        return plan.Storage.IsShared
            ? SharedVault.Beside(
                plan.Storage.OpenVault(plan.DataFolder), folder, SharedSigner.Open(folder, SigningAlgorithm.EcdsaP256).Own.Id,
                plan.Storage.CustodySecret(), TimeProvider.System)
            : SubjectVault.Open(folder, plan.MasterKeyFile);
    }

    /// <summary>This process's signing key, beside the process that a data folder belongs to.</summary>
    public static IEvidenceSigner OpenSigner(EvidencePlan plan) => plan.Storage.IsShared
        ? SharedSigner.Open(FolderOf(plan.DataFolder), SigningAlgorithm.EcdsaP256)
        : FileSigner.Open(FolderOf(plan.DataFolder), SigningAlgorithm.EcdsaP256);

    /// <summary>Sees to it that everything that has been entered so far is in the log here: who leads takes it, others wait for that.</summary>
    /// <returns>False when nobody took it in time; what is signed by now is here all the same.</returns>
    public async Task<bool> UpToDateAsync(CancellationToken cancel)
    {
        if (Leads())
        {
            await Recorder.DrainAsync(cancel);
            return true;
        }
        var (_, entered) = await Store.EvidenceCountAsync(cancel);
        for (var waited = TimeSpan.Zero; ; waited += LookEvery)
        {
            await Recorder.FollowAsync(cancel);
            if (Recorder.Log.Size >= entered || waited >= BehindMax)
                return Recorder.Log.Size >= entered;
            await Task.Delay(LookEvery, cancel);
        }
    }

    /// <summary>The pack of an incident, with everything that has happened so far; null when there is no evidence of it.</summary>
    public async Task<byte[]?> PackAsync(
        string dataFolder, string incidentId, PackOrigin origin, IReadOnlyDictionary<string, byte[]> reports,
        CancellationToken cancel)
    {
        await UpToDateAsync(cancel);
        var collector = new EvidencePackCollector(Store, Recorder.Log.Reader, FolderOf(dataFolder), Vault);
        var plan = await collector.CollectAsync(incidentId, Signer.Keys, origin, cancel);
        return plan is null ? null : EvidencePack.Write(plan with { Reports = reports }, Signer);
    }

    /// <summary>After an erasure: who still has a key from before it, as a sentence; empty when nobody has. Waits a moment for those who run.</summary>
    public async Task<string> OutstandingAsync(CancellationToken cancel)
    {
        for (var waited = TimeSpan.Zero; ; waited += LookEvery)
        {
            var names = Vault.Outstanding();
            if (names.Count == 0)
                return "";
            if (waited >= BehindMax)
                return $" It is final for old copies of the database when {string.Join(", ", names)} has replaced its key, which it does when it runs.";
            await Task.Delay(LookEvery, cancel);
        }
    }

    public void Dispose()
    {
        Recorder.Dispose();
        Vault.Dispose();
    }

    private static async Task<EvidenceParts> OpenFilesAsync(
        EvidencePlan plan, CaseStore store, TimeProvider clock, CancellationToken cancel)
    {
        var folder = FolderOf(plan.DataFolder);
        var signer = FileSigner.Open(folder, SigningAlgorithm.EcdsaP256);
        var vault = SubjectVault.Open(folder, plan.MasterKeyFile);
        try
        {
            var intake = new EvidenceIntake(vault, clock);
            store.KeepEvidence(intake);
            return new EvidenceParts(
                store, intake, vault, signer, await EvidenceRecorder.OpenAsync(folder, store, signer, clock, cancel));
        }
        catch
        {
            vault.Dispose();
            throw;
        }
    }

    private static async Task<EvidenceParts> OpenSharedAsync(
        EvidencePlan plan, CaseStore store, TimeProvider clock, CancellationToken cancel)
    {
        var folder = FolderOf(plan.DataFolder);
        var signer = SharedSigner.Open(folder, SigningAlgorithm.EcdsaP256);
        var vault = SharedVault.Open(
            plan.Storage.OpenVault(plan.DataFolder), folder, (signer.Own, Environment.MachineName), plan.Storage.CustodySecret(),
            TimeProvider.System);
        try
        {
            var custody = new SharedCustody(store, vault, signer, clock) { Patience = plan.Patience };
            var state = await store.KeptEvidenceAsync(cancel);
            var left = EvidenceMove.Run(folder, plan.MasterKeyFile, vault, isFresh: state is { Head: null, Drained: 0, Kept: 0 });
            await custody.AdmittedAsync(cancel);
            var intake = new EvidenceIntake(vault, clock);
            store.KeepEvidence(intake);
            await EvidenceMove.RunAsync(folder, store, clock, cancel);
            await custody.IntroducedAsync(cancel);
            return new EvidenceParts(
                store, intake, vault, signer, await SharedRecorder.OpenAsync(folder, store, signer, clock, cancel))
            {
                Shared = custody,
                MasterKeyLeft = left,
            };
        }
        catch
        {
            vault.Dispose();
            throw;
        }
    }
}
