using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Custody;

/// <summary>One entry of the evidence log with what it commits to.</summary>
/// <param name="Entry">The leaf.</param>
/// <param name="Body">Canonical JSON; empty when its person was erased.</param>
public sealed record JournalEntry(EvidenceEntry Entry, ReadOnlyMemory<byte> Body);

/// <summary>Which entries of the evidence log to read.</summary>
/// <param name="Kinds">Kinds of entries, see <see cref="EvidenceKind"/>.</param>
/// <param name="From">Entered at this instant or later.</param>
/// <param name="Below">Entries with this number or a higher one are left out: so the same query gives the same entries for ever.</param>
public sealed record JournalQuery(IReadOnlySet<string> Kinds, DateTimeOffset From, long Below);

/// <summary>What was found.</summary>
/// <param name="Entries">In the order of the log.</param>
/// <param name="Below">The number that bounded them.</param>
/// <param name="IsWhole">Whether there were not more than are read at once.</param>
public sealed record JournalPage(IReadOnlyList<JournalEntry> Entries, long Below, bool IsWhole);

/// <summary>
/// Reads the evidence log by time, with what still waits for it: what reports over periods are written from. The same query gives the
/// same entries whenever it is asked again, because nothing in the log ever changes.
/// </summary>
/// <param name="store">Where entries wait.</param>
/// <param name="folder">The log's folder.</param>
/// <param name="vault">Opens what is sealed; null where persons' keys are not, and then only what is about nobody is read.</param>
/// <remarks>Safe from many threads, and beside the process that writes. O(log n) to find the period, O(entries in it) to read it.</remarks>
public sealed class EvidenceJournal(CaseStore store, string folder, ISubjectVault? vault)
{
    /// <summary>Entries of the kinds asked for that are read at once, at most.</summary>
    public const int EntriesMax = 200_000;

    private const int WaitingMax = 50_000;
    private const long WaitingBytesMax = 256L * 1024 * 1024;

    /// <summary>For how long the log may be behind what was drained, while its process takes it over from the database.</summary>
    private static readonly TimeSpan BehindMax = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>Writers note their instants before they get their numbers, so neighbors may be in disorder by a little.</summary>
    private static readonly TimeSpan Disorder = TimeSpan.FromMinutes(10);

    /// <summary>The number the next entry will have.</summary>
    public async ValueTask<long> NextAsync(CancellationToken cancel) => (await store.EvidenceCountAsync(cancel)).Entered;

    /// <summary>The entries of a period.</summary>
    /// <exception cref="InvalidDataException">An entry that was drained into the log is not there, or damaged.</exception>
    /// <exception cref="EvidenceElsewhereException">The log is not in this folder, or no longer follows the database.</exception>
    public async ValueTask<JournalPage> ReadAsync(JournalQuery query, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        // What waits is read first: what is drained meanwhile is found twice and taken from the log.
        var waiting = store.KeepsEvidence
            ? await store.WaitingEvidenceAsync(WaitingMax, WaitingBytesMax, cancel) : [];
        await ReachedAsync(cancel);
        var entries = new List<JournalEntry>();
        var size = 0L;
        if (EvidenceRecorder.ReadHead(folder) is { } head)
        {
            using var reader = EvidenceReader.Open(folder);
            size = head.Size;
            var end = Math.Min(size, query.Below);
            for (var number = reader.FirstFrom(query.From - Disorder, end); number < end && entries.Count <= EntriesMax; number++)
            {
                cancel.ThrowIfCancellationRequested();
                var record = reader.Read(number);
                Take(EvidenceEntry.FromLeaf(record.Leaf), record.Payload);
            }
        }
        foreach (var item in waiting.Where(item => item.Entry.Number >= size && item.Entry.Number < query.Below))
            Take(item.Entry, item.Payload);
        return new JournalPage(entries.Count > EntriesMax ? entries[..EntriesMax] : entries, query.Below,
            entries.Count <= EntriesMax);

        void Take(EvidenceEntry entry, ReadOnlyMemory<byte> payload)
        {
            if (query.Kinds.Contains(entry.Kind) && entry.At >= query.From)
                entries.Add(new JournalEntry(entry, EvidencePayload.Open(payload.Span, id => vault?.Find(id))?.Body
                    ?? ReadOnlyMemory<byte>.Empty));
        }
    }

    /// <summary>What is drained, and so no longer waits, must be in the log that is read.</summary>
    private async Task ReachedAsync(CancellationToken cancel)
    {
        var (drained, _) = await store.EvidenceCountAsync(cancel);
        for (var waited = TimeSpan.Zero; (EvidenceRecorder.ReadHead(folder)?.Size ?? 0) < drained; waited += LookEvery)
        {
            if (waited >= BehindMax || EvidenceRecorder.ReadHead(folder) is null)
                throw new EvidenceElsewhereException();
            await Task.Delay(LookEvery, cancel);
        }
    }
}

/// <summary>The evidence log is kept by other processes: what is written from it must be written there.</summary>
public sealed class EvidenceElsewhereException : Exception
{
    /// <inheritdoc/>
    public EvidenceElsewhereException()
        : base("The evidence log is not kept here, or is behind: ask a process with the role respond.") { }

    /// <inheritdoc/>
    public EvidenceElsewhereException(string message) : base(message) { }

    /// <inheritdoc/>
    public EvidenceElsewhereException(string message, Exception inner) : base(message, inner) { }
}
