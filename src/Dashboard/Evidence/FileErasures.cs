using System.Security.Cryptography;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Evidence;

/// <summary>What of a process an erasure in its files depends on.</summary>
/// <param name="Store">Where orders are.</param>
/// <param name="DataFolder">Whose files.</param>
/// <param name="Clock">When it is.</param>
internal sealed record FileErasurePlan(CaseStore Store, string DataFolder, TimeProvider Clock)
{
    /// <summary>The offset up to which this process has read a partition of the log for its files; null where it reads none.</summary>
    public Func<int, long>? ReadTo { get; init; }

    /// <summary>Sees to it that a search engine is rid of a person, too. True when nothing is left to do there.</summary>
    public Func<string, CancellationToken, Task<bool>> EraseSearched { get; init; } = (_, _) => Task.FromResult(true);
}

/// <summary>
/// Carries orders to erase a person out on the files of one process of several: at once, and once more when it has read everything that was
/// in the log at the order. Until then it keeps what it reads of the person out of its files; then it confirms, and forgets the person.
/// </summary>
/// <remarks>One caller looks; entries are given to the files and places asked for from any thread.</remarks>
internal sealed class FileErasures
{
    private const string IdFile = "files.id";

    private readonly FileErasurePlan _plan;
    private readonly FileKeeper _self;
    private readonly Lock _gate = new();
    private readonly HashSet<long> _begun = [];
    private readonly Dictionary<long, int> _removed = [];
    private IReadOnlyList<FileErasure> _open = [];
    private IReadOnlyDictionary<int, long> _erasedTo = new Dictionary<int, long>();

    private FileErasures(FileErasurePlan plan, FileKeeper self) => (_plan, _self) = (plan, self);

    /// <summary>Enters the process among those that keep files, and carries out what was ordered while it was away: before anybody sees a page.</summary>
    /// <exception cref="InvalidDataException">It was taken out while it was away: nobody knows what must be erased from its files.</exception>
    public static async Task<FileErasures> OpenAsync(FileErasurePlan plan, CancellationToken cancel)
    {
        var path = Path.Combine(plan.DataFolder, IdFile);
        var isNew = !File.Exists(path);
        if (isNew)
            await File.WriteAllTextAsync(path, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), cancel);
        var id = (await File.ReadAllTextAsync(path, cancel)).Trim();
        if (!isNew && !await plan.Store.IsFileKeeperAsync(id, cancel))
            throw new InvalidDataException(
                $"{plan.DataFolder}: This process was taken out of erasures while it was away, and its files may hold persons who were erased. Begin with an empty folder.");
        var name = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(plan.DataFolder))}@{Environment.MachineName}";
        var erasures = new FileErasures(plan, new FileKeeper(id, name, plan.Clock.GetUtcNow()));
        await plan.Store.KeepsFilesAsync(erasures._self, cancel);
        await erasures.LookAsync(cancel);
        return erasures;
    }

    /// <summary>This process, as others know it.</summary>
    public string Id => _self.Id;

    /// <summary>After which offset this process may begin to read a partition for its files: what is before it may be of persons nobody names any more.</summary>
    public long BeginAfter(int partition)
    {
        lock (_gate)
            return _erasedTo.GetValueOrDefault(partition, -1);
    }

    /// <summary>Gives entries to the files; those of persons being erased, from before their orders, only as places.</summary>
    public void Index(IReadOnlyList<LogEntry> entries, Action<IReadOnlyList<LogEntry>> take)
    {
        lock (_gate)
            take(_open.Count == 0 ? entries : [.. entries.Select(Without)]);
    }

    /// <summary>Looks for orders, carries out those that are new, and confirms those that nothing can come after.</summary>
    /// <returns>How many orders were confirmed.</returns>
    public async Task<int> LookAsync(CancellationToken cancel)
    {
        await _plan.Store.KeepsFilesAsync(_self with { SeenAt = _plan.Clock.GetUtcNow() }, cancel);
        var open = (await _plan.Store.FileErasuresAsync(0, cancel)).Where(order => order.Subject.Length > 0).ToList();
        var erasedTo = await _plan.Store.ErasedUpToAsync(cancel);
        lock (_gate)
            (_open, _erasedTo) = (open, erasedTo);
        foreach (var order in open.Where(order => _begun.Add(order.Number)))
            await RemoveAsync(order, cancel);
        // Whoever was the last to confirm may have died before it forgot the person.
        foreach (var order in open.Where(order => order.Outstanding.Count == 0))
        {
            if (await _plan.Store.FinishFileErasuresAsync(cancel) > 0)
                await EnterAsync(order.Number, cancel);
        }
        var confirmed = 0;
        foreach (var order in open.Where(order => order.Outstanding.Any(keeper => keeper.Id == _self.Id)))
            confirmed += await ConfirmAsync(order, cancel) ? 1 : 0;
        return confirmed;
    }

    private async Task<bool> ConfirmAsync(FileErasure order, CancellationToken cancel)
    {
        var scored = (await _plan.Store.PositionAsync(cancel)).ScoredOffsets;
        // What is not scored yet may still become a dead letter here; what is not read yet, a line of the archive.
        var isPast = order.UpTo.All(end => scored.GetValueOrDefault(end.Key, -1) >= end.Value
            && (_plan.ReadTo is null || Math.Max(_plan.ReadTo(end.Key), BeginAfter(end.Key)) >= end.Value));
        if (!isPast)
            return false;
        await RemoveAsync(order, cancel);
        if (!await _plan.EraseSearched(order.Subject, cancel))
            return false;
        var isLast = await _plan.Store.ConfirmFileErasureAsync(
            order.Number, _self.Id, _removed.GetValueOrDefault(order.Number), cancel);
        _removed.Remove(order.Number);
        if (isLast)
            await EnterAsync(order.Number, cancel);
        return true;
    }

    private async Task RemoveAsync(FileErasure order, CancellationToken cancel)
    {
        var removed = await Task.Run(
            () => SubjectFiles.Erase(_plan.DataFolder, order.Subject, releasedOffset: -1), cancel);
        _removed[order.Number] = _removed.GetValueOrDefault(order.Number) + removed;
    }

    private async Task EnterAsync(long number, CancellationToken cancel)
    {
        var done = (await _plan.Store.FileErasuresAsync(16, cancel)).FirstOrDefault(order => order.Number == number);
        var at = _plan.Clock.GetUtcNow();
        await _plan.Store.EnterEvidenceAsync(
            [CaseEvidence.Act(EvidenceKind.Erasure, "everywhere", at,
                new { action = "erased from the files of every process", order = number, records = done?.Records ?? 0 })],
            cancel);
    }

    private LogEntry Without(LogEntry entry) => _open.Any(order =>
        entry.Offset <= order.UpTo.GetValueOrDefault(entry.Partition, -1) && SubjectFiles.IsAbout(entry.Payload, order.Subject))
            ? entry with { IsDuplicate = true } : entry;
}
