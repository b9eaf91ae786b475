using System.Security.Cryptography;
using System.Text;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Ingest.Log;
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

    /// <summary>Told of a person whose records are to go from this process's memory.</summary>
    public Action<string> Forget { get; init; } = static _ => { };

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

    /// <summary>The identifier of a process that is not known to be entered yet.</summary>
    private const string NewIdFile = IdFile + ".new";

    private readonly FileErasurePlan _plan;
    private readonly FileKeeper _self;
    private readonly Lock _gate = new();
    // By order, of those that are open.
    private readonly HashSet<long> _begun = [], _finished = [];
    private readonly Dictionary<long, int> _removed = [];
    private List<FileErasure> _open = [];
    private IReadOnlyDictionary<int, long> _erasedTo = new Dictionary<int, long>();

    private FileErasures(FileErasurePlan plan, FileKeeper self) => (_plan, _self) = (plan, self);

    /// <summary>Enters the process among those that keep files, and carries out what was ordered while it was away: before anybody sees a page.</summary>
    /// <exception cref="InvalidDataException">It was taken out while it was away: nobody knows what must be erased from its files.</exception>
    public static async Task<FileErasures> OpenAsync(FileErasurePlan plan, CancellationToken cancel)
    {
        var path = Path.Combine(plan.DataFolder, IdFile);
        var isNew = IdIn(path).Length == 0;
        var name = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(plan.DataFolder))}@{Environment.MachineName}";
        var erasures = new FileErasures(plan, new FileKeeper(isNew ? NewId(plan) : IdIn(path), name, plan.Clock.GetUtcNow()));
        if (isNew)
        {
            await plan.Store.KeepsFilesAsync(erasures._self, cancel);
            File.Move(Path.Combine(plan.DataFolder, NewIdFile), path, overwrite: true);
        }
        await erasures.LookAsync(cancel);
        return erasures;
    }

    /// <summary>This process, as others know it.</summary>
    public string Id => _self.Id;

    /// <summary>Whether it was taken out while it ran: it must end, because nobody asks it to erase any more.</summary>
    public bool IsTakenOut { get; private set; }

    /// <summary>After which offset this process may begin to read a partition for its files: what is before it may be of persons nobody names any more.</summary>
    public long BeginAfter(int partition)
    {
        lock (_gate)
            return _erasedTo.GetValueOrDefault(partition, -1);
    }

    /// <summary>
    /// Gives entries to the files; only as places those of persons being erased, from before their orders, and all from before orders that
    /// are done, which were read before this process knew that.
    /// </summary>
    public void Index(IReadOnlyList<LogEntry> entries, Action<IReadOnlyList<LogEntry>> take)
    {
        lock (_gate)
            take(_open.Count == 0 && _erasedTo.Count == 0 ? entries : [.. entries.Select(Without)]);
    }

    /// <summary>Looks for orders, carries out those that are new, and confirms those that nothing can come after.</summary>
    /// <returns>How many orders were confirmed.</returns>
    /// <exception cref="InvalidDataException">It was taken out: nobody knows what must be erased from its files.</exception>
    public async Task<int> LookAsync(CancellationToken cancel)
    {
        IsTakenOut = !await _plan.Store.StillKeepsFilesAsync(_self with { SeenAt = _plan.Clock.GetUtcNow() }, cancel);
        if (IsTakenOut)
            throw new InvalidDataException(
                $"{_plan.DataFolder}: This process was taken out of erasures, and its files may hold persons who were erased. Begin with an empty folder.");
        var open = (await _plan.Store.FileErasuresAsync(0, cancel)).Where(order => order.Subject.Length > 0).ToList();
        var erasedTo = await _plan.Store.ErasedUpToAsync(cancel);
        lock (_gate)
        {
            _open = open;
            _erasedTo = erasedTo;
        }
        ForgetAllBut(open);
        foreach (var order in open.Where(order => !_begun.Contains(order.Number)))
        {
            await RemoveAsync(order, cancel);
            _begun.Add(order.Number);
        }
        // Whoever was the last to confirm may have died before it forgot the person.
        if (open.Any(order => order.Outstanding.Count == 0))
            await _plan.Store.FinishFileErasuresAsync(_plan.Clock.GetUtcNow(), cancel);
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
        // Once: removing orders the person's erasure in the search engine anew, too, which would never be found to be done.
        if (!_finished.Contains(order.Number))
        {
            await RemoveAsync(order, cancel);
            _finished.Add(order.Number);
        }
        if (!await _plan.EraseSearched(order.Subject, cancel))
            return false;
        await _plan.Store.ConfirmFileErasureAsync(
            order.Number, _self.Id, _removed.GetValueOrDefault(order.Number), _plan.Clock.GetUtcNow(), cancel);
        return true;
    }

    private async Task RemoveAsync(FileErasure order, CancellationToken cancel)
    {
        _plan.Forget(order.Subject);
        var removed = await Task.Run(
            () => SubjectFiles.Erase(_plan.DataFolder, order.Subject, releasedOffset: -1), cancel);
        _removed[order.Number] = _removed.GetValueOrDefault(order.Number) + removed;
    }

    private void ForgetAllBut(List<FileErasure> open)
    {
        var numbers = open.Select(order => order.Number).ToHashSet();
        _begun.IntersectWith(numbers);
        _finished.IntersectWith(numbers);
        foreach (var gone in _removed.Keys.Except(numbers).ToList())
            _removed.Remove(gone);
    }

    private LogEntry Without(LogEntry entry) =>
        IsBefore(_erasedTo, entry)
        || _open.Any(order => IsBefore(order.UpTo, entry) && SubjectFiles.IsAbout(entry.Payload, order.Subject))
            ? entry with { IsDuplicate = true } : entry;

    private static bool IsBefore(IReadOnlyDictionary<int, long> ends, LogEntry entry) =>
        entry.Offset <= ends.GetValueOrDefault(entry.Partition, -1);

    /// <summary>What the process will be known by: lasting before it is told, so that one that dies meanwhile is not waited for under two names.</summary>
    private static string NewId(FileErasurePlan plan)
    {
        var path = Path.Combine(plan.DataFolder, NewIdFile);
        if (IdIn(path).Length == 0)
        {
            var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            WholeFile.Replace(path, stream => stream.Write(Encoding.ASCII.GetBytes(id)));
        }
        return IdIn(path);
    }

    /// <summary>The identifier in a file; empty when it is missing or was never written.</summary>
    private static string IdIn(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : "";
}
